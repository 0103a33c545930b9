"""Batches by length, and what becomes of them where memory runs out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench_baselines.batches import Batches, is_out_of_memory

LENGTHS = st.lists(st.integers(0, 40), max_size=50)


class Memory:
    """Computes the double of each length, and runs out of memory where a batch is padded to more than `room`."""

    def __init__(self, lengths, room=10**9):
        self.lengths, self.room, self.batches = lengths, room, []

    def __call__(self, batch):
        if len(batch) * max(self.lengths[item] for item in batch) > self.room:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.batches.append(list(batch))
        return [2 * self.lengths[item] for item in batch]


@given(LENGTHS, st.integers(1, 200))
def test_results_stand_in_the_order_of_the_items(lengths, budget):
    memory = Memory(lengths)
    assert Batches(budget).run(lengths, memory) == [2 * length for length in lengths]
    assert sorted(item for batch in memory.batches for item in batch) == list(range(len(lengths)))


@given(LENGTHS, st.integers(1, 200))
def test_a_batch_is_within_the_budget_or_a_single_item_and_the_longest_come_first(lengths, budget):
    memory = Memory(lengths)
    Batches(budget).run(lengths, memory)
    for batch in memory.batches:
        assert len(batch) == 1 or len(batch) * max(lengths[item] for item in batch) <= budget or not any(lengths[item] for item in batch)
    sizes = [lengths[item] for batch in memory.batches for item in batch]
    assert sizes == sorted(sizes, reverse=True)


@given(LENGTHS, st.integers(1, 200))
def test_the_same_items_give_the_same_batches(lengths, budget):
    one, other = Memory(lengths), Memory(lengths)
    Batches(budget).run(lengths, one)
    Batches(budget).run(lengths, other)
    assert one.batches == other.batches


@given(LENGTHS, st.integers(1, 400), st.integers(1, 60))
def test_out_of_memory_makes_batches_smaller_and_loses_only_items_that_do_not_fit_alone(lengths, budget, room):
    results = Batches(budget).run(lengths, Memory(lengths, room))
    assert results == [2 * length if length <= room else None for length in lengths]


def test_the_budget_halves_and_stays_so():
    batches = Batches(64)
    memory = Memory([8] * 8, room=20)
    assert batches.run([8] * 8, memory) == [16] * 8
    assert [len(batch) for batch in memory.batches] == [2, 2, 2, 2]
    assert batches.budget == 16


@pytest.mark.parametrize("error", [RuntimeError("shapes do not match"), ValueError("no")])
def test_other_errors_are_not_swallowed(error):
    def compute(batch):
        raise error

    with pytest.raises(type(error), match=str(error)):
        Batches(8).run([1, 2], compute)


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (MemoryError(), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False),
    ],
)
def test_what_counts_as_out_of_memory(error, is_one):
    assert is_out_of_memory(error) is is_one
