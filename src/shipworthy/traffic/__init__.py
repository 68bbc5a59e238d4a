"""Live traffic: wire formats, the gateway, logs of exchanges, and how work over them is spread."""
