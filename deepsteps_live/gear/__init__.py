"""Gear: MIDI ports, each in a process of its own, so that none can hold up the music, another port, or sound.

A port's process owns the port, the notes that sound on it and the times at which things are sent; it talks to the
engine over a socket, one JSON array a line. When the engine goes, however it goes, the socket ends, and the process
ends every note that sounds before it ends itself.
"""
