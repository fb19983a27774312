"""The command `deepsteps`: what it is asked to do, and how errors end it (2: bad usage or input, 1: a fault)."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from deepsteps_live import __version__
from deepsteps_live.errors import BadInput, DeepstepsError, number
from deepsteps_live.preferences import value

Options = argparse.Namespace


def main(words: Sequence[str] | None = None) -> int:
    """Run `deepsteps` with these words; the exit status."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        options = _parser().parse_args(_as_patterns(sys.argv[1:] if words is None else words))
        return int(options.run(options))
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    except DeepstepsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _as_patterns(words: Sequence[str]) -> list[str]:
    """The words, those that are patterns with a space ahead: one that begins with a rest is no option."""
    return [f" {word}" if _PATTERN.fullmatch(word) else word for word in words]


_PATTERN = re.compile(r"-[-xX2-9| ]+")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all of ours."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{self.prog}: {message}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="deepsteps", description="A live-coding instrument. Alone: boot, open the prompt.")
    parser.add_argument("--version", action="version", version=f"deepsteps {__version__}")
    parser.add_argument("--pipe", action="store_true", help="statements on standard input, as editors send them")
    parser.add_argument("--echo", action="store_true", help="with --pipe: a line after each block says how it went")
    parser.add_argument("--server", metavar="HOST:PORT", type=_server, help="play through a scsynth that already runs")
    parser.add_argument("--osc", metavar="HOST:PORT", type=_server, help="where OSC comes in (127.0.0.1:57130)")
    parser.set_defaults(run=_prompt)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (run, about, arguments) in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        for flags, settings in arguments:
            command.add_argument(*flags, **settings)
        command.set_defaults(run=run)
    return parser


def _prompt(options: Options) -> int:
    from deepsteps_live.repl import stage_door

    if options.echo and not options.pipe:
        raise BadInput("deepsteps: --echo goes with --pipe: deepsteps --pipe --echo")
    return stage_door.perform(pipe=options.pipe, echo=options.echo, options=_engine_options(options))


def _attach(options: Options) -> int:
    from deepsteps_live.repl import stage_door

    return stage_door.perform(pipe=False, attach=True)


def _tour(options: Options) -> int:
    from deepsteps_live.repl import stage_door

    return stage_door.perform(first="tour()")


def _run(options: Options) -> int:
    from deepsteps_live.repl import stage_door

    return stage_door.run_file(options.file, options.bars, options.record)


def _render(options: Options) -> int:
    from deepsteps_live.session.paths import take_file
    from deepsteps_live.session.piece import render_file

    path = take_file(options.out)
    seconds = render_file(options.file, path, options.bars)
    print(f"{path}: {options.bars} bars, rendered in {seconds:.2f} s", file=sys.stderr)
    return 0


def _export(options: Options) -> int:
    from deepsteps_live.session.paths import midi_file
    from deepsteps_live.session.piece import export_file

    print(export_file(options.file, midi_file(options.out), options.bars), file=sys.stderr)
    return 0


def _decode(options: Options) -> int:
    from deepsteps_live.music import codec
    from deepsteps_live.session.models import Models

    models = Models()
    found = models.pattern(models.load(options.model), _latents(options.latents))
    if options.json:
        _print_json(codec.pattern_to_data(found))
    else:
        print(found)
    return 0


def _kit(options: Options) -> int:
    from deepsteps_live.session.hits import read_sounds
    from deepsteps_live.session.sounds import described, kit_data

    kit = read_sounds(options.file)
    if options.render is not None:
        return _render_kit(options, kit)
    if options.velocity is not None:
        raise BadInput(f"deepsteps kit: --velocity goes with --render DIR: --render DIR --velocity {options.velocity}")
    if options.json:
        _print_json(kit_data(kit))
    else:
        print("\n".join(described(patch) for patch in kit.patches if patch is not None))
    return 0


def _render_kit(options: Options, kit: Any) -> int:
    from deepsteps_live.session.hits import render_kit
    from deepsteps_live.session.sounds import kit_data

    velocity = 64 if options.velocity is None else options.velocity
    files = render_kit(kit, options.render, velocity / 127)
    if options.json:
        _print_json({**kit_data(kit), "files": [asdict(file) for file in files]})
    else:
        print("\n".join(map(str, files)))
    return 0


def _doctor(options: Options) -> int:
    from deepsteps_live.repl import doctor

    found = doctor.examine(fix=options.fix, plain=not options.json)
    if options.json:
        _print_json(doctor.as_data(found))
    return 0 if all(row.ok for row in found) else 1


def _devices(options: Options) -> int:
    from deepsteps_live.session.devices import devices_data, devices_text

    _print_json(devices_data()) if options.json else print(devices_text())
    return 0


def _settings(options: Options) -> int:
    from deepsteps_live.session.user_files import settings_said

    print(settings_said(write=options.write), end="")
    return 0


def _timing(options: Options) -> int:
    from deepsteps_live.repl import stage_door

    found = stage_door.measure(options.bars, train=options.train)
    if options.json:
        _print_json(found)
    else:
        for name, value in found.items():
            print(f"{name:<16}{value}")
    return 0


def _listen(options: Options) -> int:
    from deepsteps_live.repl import learning_line

    return _said(learning_line.listen(options))


def _train(options: Options) -> int:
    from deepsteps_live.repl import learning_line

    return _said(learning_line.train(options))


def _like(options: Options) -> int:
    from deepsteps_live.music import codec
    from deepsteps_live.session.answering import answers

    found = answers(options.base, options.pattern, options.target, options.n, options.seed)
    if options.json:
        _print_json({"patterns": [codec.pattern_to_data(each) for each in found]})
    else:
        print("\n".join(map(str, found)))
    return 0


def _said(found: Any) -> int:
    print(found) if isinstance(found, str) else _print_json(found)
    return 0


def _latents(text: str) -> tuple[float, ...]:
    from deepsteps_live.music.live_set import LATENT_LIMIT, LATENTS

    try:
        values = tuple(float(word) for word in text.split(","))
    except ValueError:
        values = ()
    if len(values) != LATENTS:
        raise BadInput(f'latents are four numbers: --latents 0.4,-1.2,0,0.7, not "{text}"')
    return tuple(number("a latent", value, -LATENT_LIMIT, LATENT_LIMIT) for value in values)


def _bars(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"bars are a whole number from 1 to 10000, not {text}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"this is a whole number from 1 to 100000, not {text}")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) > 2**31:
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0 to 2147483648, not {text}")
    return int(text)


def _bpm(text: str) -> float:
    try:
        return number("bpm", float(text), 20, 999)
    except ValueError:
        raise argparse.ArgumentTypeError(f"bpm is a number from 20 to 999, not {text}") from None


def _velocity(text: str) -> int:
    if not text.isdigit() or int(text) > 127:
        raise argparse.ArgumentTypeError(f"a velocity is a whole number from 0 to 127, not {text}")
    return int(text)


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("a folder has a name, such as wavs")
    return Path(text).expanduser()


def _server(text: str) -> str:
    _, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise argparse.ArgumentTypeError(f"this is HOST:PORT, such as 127.0.0.1:57110, not {text}")
    return text


def _engine_options(options: Options) -> tuple[str, ...]:
    wanted = {"--server": options.server or value("server"), "--osc": options.osc or value("osc")}
    return tuple(word for name, where in wanted.items() if where for word in (name, where))


def _print_json(value: Any) -> None:
    print(json.dumps(value, allow_nan=False))


Argument = tuple[tuple[str, ...], dict[str, Any]]

_FILE: Argument = (("file",), {"metavar": "FILE", "help": "a file of prompt statements"})
_BARS: Argument = (("--bars",), {"type": _bars, "default": 4, "metavar": "N", "help": "how many bars (4)"})
_JSON: Argument = (("--json",), {"action": "store_true", "help": "one JSON document on standard output"})

_HEARD: tuple[Argument, ...] = (
    (("paths",), {"nargs": "+", "metavar": "PATH", "help": "recordings, MIDI files, folders"}),
    (("--bpm",), {"type": _bpm, "help": "their tempo (found by itself)"}),
    (("--bars",), {"type": _count, "metavar": "N", "help": "how many bars each has, instead of a tempo"}),
    (("--split",), {"action": "store_true", "help": "low, mid and high apart"}),
    _JSON,
)

COMMANDS: dict[str, tuple[Callable[[Options], int], str, tuple[Argument, ...]]] = {
    "attach": (_attach, "a prompt on an engine that is already playing", ()),
    "tour": (_tour, "the prompt, with ten steps to try: each waits until it is done", ()),
    "run": (
        _run,
        "play a file of prompt statements in real time",
        (
            _FILE,
            (("--bars",), {"type": _bars, "metavar": "N", "help": "how many bars (until Ctrl-C)"}),
            (("--record",), {"metavar": "OUT.wav", "help": "record it"}),
        ),
    ),
    "render": (
        _render,
        "render a file of prompt statements to a WAV, faster than real time",
        (_FILE, (("out",), {"metavar": "OUT.wav"}), _BARS),
    ),
    "export": (
        _export,
        "write a file of prompt statements as a MIDI file",
        (_FILE, (("out",), {"metavar": "OUT.mid"}), _BARS),
    ),
    "decode": (
        _decode,
        "the pattern of a latent point",
        (
            (("model",), {"metavar": "MODEL", "help": 'a .npz, the plug-in\'s decoder.json, or "groove", which ships'}),
            (("--latents",), {"default": "0,0,0,0", "metavar": "a,b,c,d"}),
            _JSON,
        ),
    ),
    "listen": (_listen, "onsets, tempo and rows found in audio or MIDI files", _HEARD),
    "train": (
        _train,
        "train a model without playing",
        (
            *_HEARD,
            (("--out",), {"required": True, "metavar": "MODEL.npz"}),
            (("--style",), {"default": "groove", "help": "groove, memory, wide or classic (groove)"}),
            (("--epochs",), {"type": _count, "metavar": "N", "help": "passes (the style's own)"}),
            (("--batch",), {"type": _count, "metavar": "N", "help": "rows a step (the style's own)"}),
            (("--seed",), {"type": _seed, "default": 0, "metavar": "S", "help": "the same seed, the same model (0)"}),
        ),
    ),
    "like": (
        _like,
        "introspection without playing: a rhythm for one drum that answers another's",
        (
            (("base",), {"metavar": "BASE_TRACK", "help": "kick, snare, hat, ..."}),
            (("pattern",), {"metavar": "PATTERN", "help": 'what it plays: "x---x---x--xx---"'}),
            (("target",), {"metavar": "TARGET_TRACK"}),
            (("--n",), {"type": _count, "default": 1, "metavar": "N", "help": "how many answers (1)"}),
            (("--seed",), {"type": _seed, "metavar": "S", "help": "the same seed, the same answers"}),
            _JSON,
        ),
    ),
    "kit": (
        _kit,
        "what is in a .mtpreset or .mtdrum, and what it sounds like",
        (
            (("file",), {"metavar": "FILE.mtpreset", "help": "or a .mtdrum, or a kit that ships, by its name"}),
            _JSON,
            (("--render",), {"type": _folder, "metavar": "DIR", "help": "one dry WAV a patch: 1.wav to 8.wav"}),
            (("--velocity",), {"type": _velocity, "metavar": "V", "help": "how hard they are hit, 0 to 127 (64)"}),
        ),
    ),
    "doctor": (
        _doctor,
        "what is installed, what is wrong, the line that mends it; a click at the end",
        ((("--fix",), {"action": "store_true", "help": "do what can be done, each after a question"}), _JSON),
    ),
    "devices": (_devices, "sound cards, JACK's ports, MIDI ports", (_JSON,)),
    "settings": (
        _settings,
        "an example of settings.toml, and where it is looked for",
        ((("--write",), {"action": "store_true", "help": "put the example there"}),),
    ),
    "timing": (
        _timing,
        "measure this machine: the error of every sounded onset",
        (
            (("--bars",), {"type": _bars, "default": 16, "metavar": "N", "help": "how many bars (16)"}),
            (("--train",), {"action": "store_true", "help": "with nine tracks, and training all the while"}),
            _JSON,
        ),
    ),
}


if __name__ == "__main__":
    sys.exit(main())
