$STARGATE explain racks.GB200-NVL72; $STARGATE explain racks.GB200-NVL72.price
