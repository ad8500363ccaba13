"""Whether two pairings of BLS12-381 are equal: what tells that a signature was made with a public key's secret.

Numbers of the large field are six pairs, the coefficients of 1, w, ... w^5, where w^6 = 1 + u. A point (x, y) of the
twist stands for (x / w^2, y / w^3), so the line through it with slope s is, at (a, b) of G1 and times w^3,

    (s x - y)  -  s a w^2  +  b w^3

Powers of w^3, and whatever else lies in a smaller field, are 1 in the end. So is the sign of X: it turns the result
around, and 1 turned around is 1.
"""

from __future__ import annotations

from hub.lot.curve import P, Pair, Point, R, Twisted, X, add_twisted, mul2, slope2, sub2

Large = tuple[Pair, ...]
ONE: Large = ((1, 0), *((0, 0),) * 5)
# (P^12 - 1) / R is (P^6 - 1) (P^2 + 1) times this.
REST = (P**4 - P**2 + 1) // R
TURN = pow(2, (P - 1) // 6, P)  # w to the power of P^2 is w times this: 2 is (1 + u) to the power of P + 1


def are_equal(first: tuple[Point, Twisted], second: tuple[Point, Twisted]) -> bool:
    """Tells whether two pairings give the same. Each is of a point of G1 and one of G2, none of them infinity."""
    point, twisted = first
    assert point is not None
    minus = point[0], -point[1] % P
    product = multiply(loop(minus, twisted), loop(*second))
    found = power(multiply(product, turned(product)), REST)
    # A number to the power of P^6 has its odd coefficients turned; so it to the power of P^6 - 1 is 1 if these are 0.
    return found[1::2] == ((0, 0),) * 3 and found != ((0, 0),) * 6


def loop(point: Point, twisted: Twisted) -> Large:
    """Returns the pairing of two points but for its last power: Miller's loop over the bits of X."""
    assert point is not None
    total, at = ONE, twisted
    for bit in bin(X)[3:]:
        total = through(multiply(total, total), at, at, point)
        at = add_twisted(at, at)
        if bit == "1":
            total = through(total, at, twisted, point)
            at = add_twisted(at, twisted)
    return total


def through(total: Large, one: Twisted, other: Twisted, point: tuple[int, int]) -> Large:
    """Multiplies a number with the line through two points of the twist, at a point of G1."""
    assert one is not None
    assert other is not None
    slope = slope2(one, other)
    start = sub2(mul2(slope, one[0]), one[1])
    middle = -slope[0] * point[0] % P, -slope[1] * point[0] % P
    return multiply(total, (start, (0, 0), middle, (point[1], 0), (0, 0), (0, 0)))


def multiply(one: Large, other: Large) -> Large:
    """Multiplies two numbers of the large field."""
    real, imaginary = [0] * 11, [0] * 11
    for place, (a, b) in enumerate(one):
        for shift, (c, d) in enumerate(other):
            real[place + shift] += a * c - b * d
            imaginary[place + shift] += a * d + b * c
    # w^6 is 1 + u: what stands above goes down by six, times that.
    for place in range(6, 11):
        real[place - 6] += real[place] - imaginary[place]
        imaginary[place - 6] += real[place] + imaginary[place]
    return tuple((real[place] % P, imaginary[place] % P) for place in range(6))


def turned(one: Large) -> Large:
    """Returns a number to the power of P^2."""
    return tuple((a * pow(TURN, place, P) % P, b * pow(TURN, place, P) % P) for place, (a, b) in enumerate(one))


def power(one: Large, exponent: int) -> Large:
    """Returns a number to a power, four bits at a time."""
    few = [ONE]
    for _ in range(15):
        few.append(multiply(few[-1], one))
    total = ONE
    for digit in f"{exponent:x}":
        for _ in range(4):
            total = multiply(total, total)
        total = multiply(total, few[int(digit, 16)])
    return total
