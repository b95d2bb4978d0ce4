using CsCheck;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class PageTableTests
{
    [Fact]
    public void Opens_sequences_on_pages_of_their_own()
    {
        var table = new PageTable(slots: 2, pages: 5, pageSize: 4, pagesPerSequence: 3);

        int first = table.TryOpen(tokens: 9, []);
        int second = table.TryOpen(tokens: 8, []);

        Assert.Equal([0, 1, 2], table.PagesOf(first).ToArray());
        Assert.Equal([3, 4], table.PagesOf(second).ToArray());
        Assert.Equal(0, table.FreePages);
        Assert.Equal(0, table.FreeSlots);
    }

    [Fact]
    public void Refuses_without_change_when_pages_are_short()
    {
        var table = new PageTable(slots: 4, pages: 3, pageSize: 4, pagesPerSequence: 3);
        table.TryOpen(tokens: 8, []);

        Assert.Equal(-1, table.TryOpen(tokens: 8, []));
        Assert.Equal(1, table.FreePages);
        Assert.Equal(3, table.FreeSlots);
    }

    [Fact]
    public void Grows_a_sequence_page_by_page_and_changes_nothing_when_pages_are_short()
    {
        var table = new PageTable(slots: 2, pages: 4, pageSize: 4, pagesPerSequence: 3);
        int slot = table.TryOpen(tokens: 4, []);
        int other = table.TryOpen(tokens: 8, []);

        Assert.True(table.TryGrow(slot, 4));
        Assert.Equal([0], table.PagesOf(slot).ToArray());
        Assert.True(table.TryGrow(slot, 5));
        Assert.Equal([0, 3], table.PagesOf(slot).ToArray());
        Assert.False(table.TryGrow(slot, 9));
        Assert.Equal(2, table.PagesOf(slot).Length);
        table.Close(other);
        Assert.True(table.TryGrow(slot, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.TryGrow(slot, 13));
        table.Close(slot);
        Assert.Equal(4, table.FreePages);
    }

    [Fact]
    public void Finds_the_pool_row_of_a_position()
    {
        var table = new PageTable(slots: 2, pages: 6, pageSize: 4, pagesPerSequence: 3);
        table.TryOpen(tokens: 4, []);
        int slot = table.TryOpen(tokens: 12, []);

        Assert.Equal([4, 7, 8, 15], new[] { 0, 3, 4, 11 }.Select(position => table.PoolRow(slot, position)));
    }

    [Fact]
    public void Frees_a_shared_page_when_its_last_holder_goes()
    {
        var table = new PageTable(slots: 2, pages: 4, pageSize: 4, pagesPerSequence: 3);
        int first = table.TryOpen(tokens: 8, []);
        int[] prompt = [table.PagesOf(first)[0]];
        int second = table.TryOpen(tokens: 8, prompt);

        table.Close(first);

        Assert.Equal(2, table.FreePages);
        Assert.Equal(prompt[0], table.PagesOf(second)[0]);
        table.Close(second);
        Assert.Equal(4, table.FreePages);
    }

    [Fact]
    public void Refuses_to_share_or_release_a_free_page()
    {
        var table = new PageTable(slots: 1, pages: 2, pageSize: 4, pagesPerSequence: 2);

        Assert.Throws<ArgumentException>(() => table.AddReferences([1]));
        Assert.Throws<ArgumentException>(() => table.ReleaseReferences([1]));
        Assert.Throws<ArgumentException>(() => table.PagesOf(0).Length);
    }

    [Fact]
    public void Refuses_a_sequence_longer_than_a_table_row()
    {
        var table = new PageTable(slots: 1, pages: 9, pageSize: 4, pagesPerSequence: 2);

        Assert.Throws<ArgumentOutOfRangeException>(() => table.TryOpen(tokens: 9, []));
    }

    /// <summary>The model keeps, for each open slot, the list of its pages, and a list of pages held beside them; all counts follow.</summary>
    [Fact]
    public void Never_hands_out_a_page_twice_and_loses_none()
    {
        Gen<(int Kind, int A, int B)> operation = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1000], Gen.Int[0, 1000]);
        operation.Array[0, 60].Sample(operations =>
        {
            var table = new PageTable(slots: 4, pages: 10, pageSize: 4, pagesPerSequence: 5);
            var open = new SortedDictionary<int, int[]>();
            var held = new List<int[]>();
            foreach ((int kind, int a, int b) in operations)
            {
                switch (kind)
                {
                    case 0:
                        Open(table, open, tokens: 1 + (a % 20), shared: []);
                        break;
                    case 1 when open.Count > 0:
                        int[] source = open.Values.ElementAt(a % open.Count);
                        int shared = b % (source.Length + 1);
                        Open(table, open, tokens: Math.Max(1, Math.Min(20, (shared * 4) + (b % 9))), source[..shared]);
                        break;
                    case 2 when open.Count > 0:
                        int slot = open.Keys.ElementAt(a % open.Count);
                        if (b % 3 == 0)
                        {
                            table.AddReferences(open[slot]);
                            held.Add(open[slot]);
                        }

                        table.Close(slot);
                        open.Remove(slot);
                        break;
                    case 3 when held.Count > 0:
                        table.ReleaseReferences(held[a % held.Count]);
                        held.RemoveAt(a % held.Count);
                        break;
                }

                Check(table, open, held);
            }
        });
    }

    private static void Open(PageTable table, SortedDictionary<int, int[]> open, int tokens, int[] shared)
    {
        int wanted = ((tokens + 3) / 4) - shared.Length;
        bool fits = table.FreeSlots > 0 && table.FreePages >= wanted;
        HashSet<int> heldBefore = [.. open.Values.SelectMany(pages => pages)];

        int slot = table.TryOpen(tokens, shared);

        Assert.Equal(fits, slot >= 0);
        if (slot >= 0)
        {
            int[] pages = table.PagesOf(slot).ToArray();
            Assert.Equal(shared, pages[..shared.Length]);
            Assert.Equal(wanted, pages.Length - shared.Length);
            Assert.DoesNotContain(pages[shared.Length..], heldBefore.Contains);
            open.Add(slot, pages);
        }
    }

    private static void Check(PageTable table, SortedDictionary<int, int[]> open, List<int[]> held)
    {
        int used = open.Values.Concat(held).SelectMany(pages => pages).Distinct().Count();
        Assert.Equal(10 - used, table.FreePages);
        Assert.Equal(4 - open.Count, table.FreeSlots);
        foreach ((int slot, int[] pages) in open)
        {
            Assert.Equal(pages, table.PagesOf(slot).ToArray());
        }
    }
}
