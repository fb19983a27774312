"""When, never what: tempo, clocks and the scheduler. Imports nothing of ours but errors."""

from deepsteps_live.timing.clock import Clock, PretendClock, RealClock
from deepsteps_live.timing.follower import Follower
from deepsteps_live.timing.lateness import FRAME
from deepsteps_live.timing.lookahead import Lookahead
from deepsteps_live.timing.scheduler import Scheduler
from deepsteps_live.timing.tempo import Tempo
from deepsteps_live.timing.wall import WallClock

__all__ = ["FRAME", "Clock", "Follower", "Lookahead", "PretendClock", "RealClock", "Scheduler", "Tempo", "WallClock"]
