using System.Numerics;
using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>Finds a normal token by its bytes.</summary>
internal sealed class TokenIndex
{
    private readonly BpeVocabulary _vocabulary;
    private readonly int[] _slots;

    public TokenIndex(BpeVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)vocabulary.Count * 2)];
        Array.Fill(_slots, -1);
        Ids = [.. Enumerable.Range(0, vocabulary.Count)];
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.KindOf(id) == TokenKind.Normal)
            {
                _slots[Place(vocabulary.BytesOf(id))] = id;
            }
        }
    }

    /// <summary>Every id at its own index, so that one can be had as a span.</summary>
    public int[] Ids { get; }

    /// <summary>A hash whose upper bits are good; the same in every process.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            hash = BitOperations.RotateLeft((hash ^ word) * 0x9E3779B97F4A7C15UL, 29);
        }

        ulong rest = 0;
        foreach (byte value in bytes[(words.Length * 8)..])
        {
            rest = (rest << 8) | value;
        }

        hash = (hash ^ rest) * 0xD6E8FEB86659FD93UL;
        return (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15UL;
    }

    public bool TryFind(ReadOnlySpan<byte> bytes, out int id) => (id = _slots[Place(bytes)]) >= 0;

    private int Place(ReadOnlySpan<byte> bytes)
    {
        int mask = _slots.Length - 1;
        int i = (int)(Hash(bytes) >> 32) & mask;
        while (_slots[i] >= 0 && !_vocabulary.BytesOf(_slots[i]).SequenceEqual(bytes))
        {
            i = (i + 1) & mask;
        }

        return i;
    }
}
