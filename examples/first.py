# A first piece: four bars of the starting groove, then it moves. Play it with
#     scripts/play run examples/first.py --bars 8
# Everything here can be typed at the prompt, too.

tempo = 118
swing = 0.12
scale = "dorian"
key = "D"

kick.pattern = "X-----x---X--x--"
hat.level = -4
clap.pattern = "----x-------x---"
clap.level = -8

seq.gate = 220
seq.pan = lfo(8, -0.3, 0.3)

play()
wait(4)

# From bar 5 on: the line's first latent wanders, the hats answer with Euclid, the tom joins.
a = walk(4, -1.5, 1.5)
hat.pattern = euclid(11, 16)
tom.pattern = "----------x--x-x"
wait(4)

kick.pattern = euclid(5, 16)
swing = 0.3
