namespace Lazuli.Inference;

/// <summary>Which pages of the key/value pool each sequence holds: page tables by slot, a free list, and reference counts for pages that several sequences share.</summary>
/// <remarks>Pure bookkeeping without memory of its own behind it. Every page is either free or has references; nothing is handed out twice. Not thread-safe: the scheduler owns it.</remarks>
internal sealed class PageTable
{
    private readonly int[] _freePages;
    private readonly int[] _freeSlots;
    private readonly int[] _references;
    private readonly bool[] _isCached;
    private readonly int[] _entries;
    private readonly int[] _pagesOfSlot;
    private int _freePageCount;
    private int _freeSlotCount;

    /// <summary>A table of <paramref name="slots"/> sequences of at most <paramref name="pagesPerSequence"/> pages each, over a pool of <paramref name="pages"/>.</summary>
    public PageTable(int slots, int pages, int pageSize, int pagesPerSequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pagesPerSequence, 1);
        Slots = slots;
        Pages = pages;
        PageSize = pageSize;
        PagesPerSequence = pagesPerSequence;
        _freePages = Descending(pages);
        _freeSlots = Descending(slots);
        _references = new int[pages];
        _isCached = new bool[pages];
        _entries = new int[slots * pagesPerSequence];
        _pagesOfSlot = new int[slots];
        _freePageCount = pages;
        _freeSlotCount = slots;
    }

    /// <summary>Sequences that can be open at once.</summary>
    public int Slots { get; }

    /// <summary>Pages of the pool.</summary>
    public int Pages { get; }

    /// <summary>Tokens of a page.</summary>
    public int PageSize { get; }

    /// <summary>Most pages of a sequence; the width of a table row.</summary>
    public int PagesPerSequence { get; }

    /// <summary>Pages that nobody holds.</summary>
    public int FreePages => _freePageCount;

    /// <summary>Pages that only a cache holds, see <see cref="Cache"/>.</summary>
    public int ReclaimablePages { get; private set; }

    /// <summary>Slots that nobody holds.</summary>
    public int FreeSlots => _freeSlotCount;

    /// <summary>Pages that hold <paramref name="tokens"/> tokens.</summary>
    public int PagesFor(int tokens) => (tokens + PageSize - 1) / PageSize;

    /// <summary>Opens a sequence of at most <paramref name="tokens"/> tokens that begins with <paramref name="shared"/> pages and gets its own for the rest.</summary>
    /// <returns>The slot, or −1 when no slot or too few pages are free; then nothing has changed.</returns>
    public int TryOpen(int tokens, ReadOnlySpan<int> shared)
    {
        int pages = PagesFor(tokens);
        if (pages > PagesPerSequence || shared.Length > pages)
        {
            throw new ArgumentOutOfRangeException(nameof(tokens), $"A sequence of {tokens} tokens wants {pages} pages of {PageSize}; a table row has {PagesPerSequence}, and {shared.Length} are shared.");
        }

        if (_freeSlotCount == 0 || _freePageCount < pages - shared.Length)
        {
            return -1;
        }

        int slot = _freeSlots[--_freeSlotCount];
        Span<int> row = _entries.AsSpan(slot * PagesPerSequence, PagesPerSequence);
        shared.CopyTo(row);
        AddReferences(shared);
        for (int i = shared.Length; i < pages; i++)
        {
            row[i] = _freePages[--_freePageCount];
            _references[row[i]] = 1;
        }

        row[pages..].Clear();
        _pagesOfSlot[slot] = pages;
        return slot;
    }

    /// <summary>Gives an open sequence pages until it holds those of <paramref name="tokens"/> tokens.</summary>
    /// <returns>False when too few are free; then nothing has changed.</returns>
    public bool TryGrow(int slot, int tokens)
    {
        int held = PagesOf(slot).Length;
        int pages = PagesFor(tokens);
        if (pages > PagesPerSequence)
        {
            throw new ArgumentOutOfRangeException(nameof(tokens), $"A sequence of {tokens} tokens wants {pages} pages of {PageSize}; a table row has {PagesPerSequence}.");
        }

        if (_freePageCount < pages - held)
        {
            return false;
        }

        for (; held < pages; held++)
        {
            int page = _freePages[--_freePageCount];
            _references[page] = 1;
            _entries[(slot * PagesPerSequence) + held] = page;
            _pagesOfSlot[slot] = held + 1;
        }

        return true;
    }

    /// <summary>Closes a sequence; pages that nobody else holds become free.</summary>
    public void Close(int slot)
    {
        ReleaseReferences(PagesOf(slot));
        _pagesOfSlot[slot] = 0;
        _freeSlots[_freeSlotCount++] = slot;
    }

    /// <summary>The pages of an open sequence, in order.</summary>
    public ReadOnlySpan<int> PagesOf(int slot)
    {
        int pages = _pagesOfSlot[slot];
        return pages > 0 ? _entries.AsSpan(slot * PagesPerSequence, pages) : throw new ArgumentException($"Slot {slot} is not open.", nameof(slot));
    }

    /// <summary>The whole table row of a slot; entries past its pages are 0.</summary>
    public ReadOnlySpan<int> RowOf(int slot) => _entries.AsSpan(slot * PagesPerSequence, PagesPerSequence);

    /// <summary>Row of the key/value pools where the token at <paramref name="position"/> of a sequence lies.</summary>
    public int PoolRow(int slot, int position) => (_entries[(slot * PagesPerSequence) + (position / PageSize)] * PageSize) + (position % PageSize);

    /// <summary>Holds pages beside the sequences that do.</summary>
    public void AddReferences(ReadOnlySpan<int> pages)
    {
        foreach (int page in pages)
        {
            if (_references[page] == 0)
            {
                throw new ArgumentException($"Page {page} is free and cannot be shared.", nameof(pages));
            }

            if (_references[page]++ == 1 && _isCached[page])
            {
                ReclaimablePages--;
            }
        }
    }

    /// <summary>Holds a page for a cache, beside the sequence that does now.</summary>
    public void Cache(int page)
    {
        if (_isCached[page])
        {
            throw new ArgumentException($"Page {page} is cached already.", nameof(page));
        }

        AddReferences([page]);
        _isCached[page] = true;
    }

    /// <summary>Whether only a cache holds a page.</summary>
    public bool IsReclaimable(int page) => _isCached[page] && _references[page] == 1;

    /// <summary>Lets go of a page that only a cache holds.</summary>
    public void Uncache(int page)
    {
        if (!IsReclaimable(page))
        {
            throw new ArgumentException($"Page {page} is not held by a cache alone.", nameof(page));
        }

        _isCached[page] = false;
        ReclaimablePages--;
        ReleaseReferences([page]);
    }

    /// <summary>Lets go of pages.</summary>
    public void ReleaseReferences(ReadOnlySpan<int> pages)
    {
        foreach (int page in pages)
        {
            if (_references[page] == 0)
            {
                throw new ArgumentException($"Page {page} is free already.", nameof(pages));
            }

            if (--_references[page] == 0)
            {
                _freePages[_freePageCount++] = page;
            }
            else if (_references[page] == 1 && _isCached[page])
            {
                ReclaimablePages++;
            }
        }
    }

    private static int[] Descending(int count)
    {
        var numbers = new int[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = count - 1 - i; // the stack hands out 0 first
        }

        return numbers;
    }
}
