"""A process that owns an output: boots it, prints the pids below it, then waits to be killed."""

import time

import psutil

from deepsteps_live import outputs

if __name__ == "__main__":
    audio = outputs.AudioSystem()
    output = outputs.boot(wall_time=lambda at: at, audio=audio, died=lambda: None, notice=lambda text: None)
    children = psutil.Process().children(recursive=True)
    print(*(child.pid for child in children if child.name() in ("scsynth", "jackd")), flush=True)
    time.sleep(60)
