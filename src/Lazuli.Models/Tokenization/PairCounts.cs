using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>Adjacent pairs of symbols: how often each occurs and in which words, with the most frequent one at hand.</summary>
/// <remarks>The heap may hold old counts: <c>Queued</c> is the count of a pair's one valid entry; where the pair has shrunk since, the entry is put back with the right count when it comes up.</remarks>
internal sealed class PairCounts
{
    private readonly Dictionary<ulong, int> _index = [];
    private readonly PriorityQueue<int, (long NegativeCount, ulong Pair)> _heap = new();
    private readonly List<int> _grown = [];
    private Pair[] _pairs = new Pair[1 << 12];
    private Link[] _links = new Link[1 << 14];
    private int _linkCount;
    private int _freeLink = -1;

    /// <summary>Adds to the count of a pair that stands in a word.</summary>
    public void Increase(int left, int right, long by, int word)
    {
        ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, Key(left, right), out bool exists);
        if (!exists)
        {
            int index = _index.Count - 1;
            slot = index;
            if (index == _pairs.Length)
            {
                Array.Resize(ref _pairs, _pairs.Length * 2);
            }

            _pairs[index] = new Pair { Key = Key(left, right), Head = -1 };
        }

        ref Pair pair = ref _pairs[slot];
        pair.Count += by;
        if (pair.Head < 0 || _links[pair.Head].Word != word)
        {
            pair.Head = NewLink(word, pair.Head);
        }

        if (!pair.HasGrown)
        {
            pair.HasGrown = true;
            _grown.Add(slot);
        }
    }

    /// <summary>Takes from the count of a pair; its list of words may keep the word.</summary>
    public void Decrease(int left, int right, long by) => _pairs[_index[Key(left, right)]].Count -= by;

    /// <summary>Enters what has grown into the heap; to be called before <see cref="TryTakeMostFrequent"/>.</summary>
    public void Settle()
    {
        foreach (int index in _grown)
        {
            ref Pair pair = ref _pairs[index];
            pair.HasGrown = false;
            if (pair.Count > pair.Queued)
            {
                pair.Queued = pair.Count;
                _heap.Enqueue(index, (-pair.Count, pair.Key));
            }
        }

        _grown.Clear();
    }

    /// <summary>The pair of the highest count, of equals the one with the smaller left id, then the smaller right id; its words, possibly some that no longer hold it, go to <paramref name="words"/>.</summary>
    public bool TryTakeMostFrequent(long minimum, List<int> words, out int left, out int right)
    {
        words.Clear();
        while (_heap.TryDequeue(out int index, out (long NegativeCount, ulong Pair) priority))
        {
            ref Pair pair = ref _pairs[index];
            if (pair.Queued != -priority.NegativeCount)
            {
                continue; // a later entry of this pair stands above
            }

            if (pair.Count != pair.Queued)
            {
                pair.Queued = pair.Count;
                if (pair.Count > 0)
                {
                    _heap.Enqueue(index, (-pair.Count, pair.Key));
                }

                continue;
            }

            if (pair.Count < minimum)
            {
                break;
            }

            for (int link = pair.Head; link >= 0;)
            {
                words.Add(_links[link].Word);
                int next = _links[link].Next;
                _links[link].Next = _freeLink;
                _freeLink = link;
                link = next;
            }

            pair.Head = -1;
            pair.Queued = 0;
            (left, right) = ((int)(pair.Key >> 32), (int)(uint)pair.Key);
            return true;
        }

        (left, right) = (-1, -1);
        return false;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int NewLink(int word, int next)
    {
        int link = _freeLink;
        if (link >= 0)
        {
            _freeLink = _links[link].Next;
        }
        else
        {
            if (_linkCount == _links.Length)
            {
                Array.Resize(ref _links, checked(_links.Length * 2));
            }

            link = _linkCount++;
        }

        _links[link] = new Link { Word = word, Next = next };
        return link;
    }

    private struct Pair
    {
        public ulong Key;
        public long Count;
        public long Queued;
        public int Head;
        public bool HasGrown;
    }

    private struct Link
    {
        public int Word;
        public int Next;
    }
}
