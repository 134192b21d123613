$STARGATE train --list fabrics; $STARGATE train --list accelerators | head -5; $STARGATE train --list models | head -5
