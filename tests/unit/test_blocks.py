import numpy as np

from tasks.encoding.blocks import blocks_of
from tasks.encoding.strategies import STRATEGIES
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 500
BASKET = RNG.random((N, 3)) < 0.4
BASE = base_of(age=RNG.normal(size=N), place=RNG.integers(0, 4, N), basket=BASKET)


def blocks_in(name, base=BASE):
    return blocks_of(base, STRATEGIES[name].features(base, ()))


def test_category_moves_together_items_alone():
    assert blocks_in("standard").block_of.tolist() == [0, 1, 1, 1, 1, 2, 3, 4]


def test_the_brackets_of_a_number_move_together():
    block_of = blocks_in("brackets").block_of
    assert block_of.tolist() == [0, 0, 0, 0, 1, 2, 3, *[4] * (len(block_of) - 7)]


def test_list_of_single_items_moves_together():
    single = np.eye(3, dtype=bool)[RNG.integers(0, 3, N)]
    assert blocks_in("standard", base_of(age=BASE.numbers[:, 0], basket=single)).block_of.tolist() == [0, 1, 1, 1]


def test_permuted_columns_keep_their_values():
    blocks = blocks_in("standard")
    permuted = blocks.permuted(3)
    assert np.sort(permuted, axis=0).tolist() == np.sort(blocks.matrix, axis=0).tolist()
    assert not np.array_equal(permuted, blocks.matrix)
    assert permuted[:, 1:5].sum(axis=1).tolist() == [1] * N


def test_the_same_seed_permutes_the_same_way():
    blocks = blocks_in("standard")
    assert np.array_equal(blocks.permuted(5), blocks.permuted(5))
    assert not np.array_equal(blocks.permuted(5), blocks.permuted(6))
