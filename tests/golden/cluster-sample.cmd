$STARGATE cluster data/traces/sample.csv --policy easy --nodes 8x8; $STARGATE cluster - --policy easy-rackfit --racks 2x4x8 --json - < data/traces/sample.csv
