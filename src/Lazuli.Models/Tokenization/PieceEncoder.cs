using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>Encodes text piece by piece and remembers pieces in tables of fixed size. Used by one thread at a time.</summary>
/// <remarks>
/// Short pieces of few ids (all but one in a hundred) are their own key in two words, and stand in one of two places; the others are found by hash and compared byte by byte.
/// The piece seen last drives out an older one, so memory is bounded and nothing is ever searched.
/// </remarks>
internal sealed class PieceEncoder
{
    /// <summary>The longest piece that fits its length beside it in sixteen bytes.</summary>
    private const int ShortLimit = 15;

    /// <summary>The longest piece remembered; longer ones seldom come twice.</summary>
    private const int LongLimit = 128;

    /// <summary>Ids a short entry holds.</summary>
    private const int InlineIds = 3;

    /// <summary>8,192 pairs of short entries: half a megabyte. From a quarter to two megabytes were measured equal.</summary>
    private const int ShortBits = 13;

    private const int LongBits = 13;
    private const int BufferLength = 2048;

    private readonly BpeVocabulary _vocabulary;
    private readonly TokenIndex? _whole;
    private readonly PieceMerger _merger;
    private readonly ShortEntry[] _short = new ShortEntry[2 << ShortBits];
    private readonly LongEntry?[] _long = new LongEntry?[1 << LongBits];
    private readonly int[] _buffer = new int[BufferLength];

    public PieceEncoder(BpeVocabulary vocabulary, MergeTable table, TokenIndex? whole)
    {
        _vocabulary = vocabulary;
        _whole = whole;
        _merger = new PieceMerger(vocabulary, table);
    }

    /// <summary>Appends the ids of <paramref name="text"/>, split by the rule <typeparamref name="TSplitter"/>.</summary>
    public void Encode<TSplitter>(ReadOnlySpan<byte> text, List<int> ids)
        where TSplitter : struct, ISplitter
    {
        Span<int> buffer = _buffer;
        int count = 0;
        int start = 0;
        while (start < text.Length)
        {
            int end = TSplitter.PieceEnd(text, start);
            if (count > BufferLength - InlineIds)
            {
                ids.AddRange(buffer[..count]);
                count = 0;
            }

            int length = end - start;
            if (length <= ShortLimit && start <= text.Length - 16)
            {
                (ulong low, ulong high) = ShortKey(text, start, length);
                int place = (int)(Mix(low, high) >> (64 - ShortBits)) * 2;
                ref ShortEntry entry = ref _short[place];
                if (entry.Low != low || entry.High != high)
                {
                    entry = ref _short[place + 1];
                }

                if (entry.Low == low && entry.High == high)
                {
                    buffer[count] = entry.First;
                    buffer[count + 1] = entry.Second;
                    buffer[count + 2] = entry.Third;
                    count += entry.Count;
                    start = end;
                    continue;
                }

                ReadOnlySpan<int> pieceIds = IdsOf(text[start..end]);
                if (pieceIds.Length <= InlineIds)
                {
                    Remember(place, low, high, pieceIds);
                }

                Append(pieceIds, ids, buffer, ref count);
            }
            else
            {
                Append(IdsOf(text[start..end]), ids, buffer, ref count);
            }

            start = end;
        }

        ids.AddRange(buffer[..count]);
    }

    /// <summary>The bytes themselves, zero-padded, with the length in the last byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Low, ulong High) ShortKey(ReadOnlySpan<byte> text, int start, int length)
    {
        ulong low = BinaryPrimitives.ReadUInt64LittleEndian(text.Slice(start, 8));
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(text.Slice(start + 8, 8));
        low &= ulong.MaxValue >> (64 - (Math.Min(length, 8) * 8));
        high &= (1UL << (Math.Max(length - 8, 0) * 8)) - 1;
        return (low, high | ((ulong)length << 56));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong low, ulong high) => (low ^ BitOperations.RotateLeft(high * 0x9E3779B97F4A7C15UL, 32)) * 0xD6E8FEB86659FD93UL;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Append(ReadOnlySpan<int> pieceIds, List<int> ids, Span<int> buffer, ref int count)
    {
        if (pieceIds.Length > buffer.Length - count)
        {
            ids.AddRange(buffer[..count]);
            count = 0;
            if (pieceIds.Length > buffer.Length)
            {
                ids.AddRange(pieceIds);
                return;
            }
        }

        pieceIds.CopyTo(buffer[count..]);
        count += pieceIds.Length;
    }

    private void Remember(int place, ulong low, ulong high, ReadOnlySpan<int> ids)
    {
        _short[place + 1] = _short[place];
        _short[place] = new ShortEntry
        {
            Low = low,
            High = high,
            First = ids[0],
            Second = ids.Length > 1 ? ids[1] : 0,
            Third = ids.Length > 2 ? ids[2] : 0,
            Count = ids.Length,
        };
    }

    /// <summary>The ids of any piece, valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReadOnlySpan<int> IdsOf(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > LongLimit)
        {
            return Merged(piece);
        }

        ref LongEntry? entry = ref _long[(int)(TokenIndex.Hash(piece) >> (64 - LongBits))];
        if (entry is not null && piece.SequenceEqual(entry.Piece))
        {
            return entry.Ids;
        }

        ReadOnlySpan<int> ids = Merged(piece);
        if (piece.Length > ShortLimit || ids.Length > InlineIds)
        {
            entry = new LongEntry(piece.ToArray(), ids.ToArray());
        }

        return ids;
    }

    private ReadOnlySpan<int> Merged(ReadOnlySpan<byte> piece)
    {
        if (_whole is not null && _whole.TryFind(piece, out int index))
        {
            return _whole.Ids.AsSpan(index, 1);
        }

        return piece.Length == 1 ? _vocabulary.ByteIds.AsSpan(piece[0], 1) : _merger.Merge(piece);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ShortEntry
    {
        public ulong Low;
        public ulong High;
        public int First;
        public int Second;
        public int Third;
        public int Count;
    }

    private sealed record LongEntry(byte[] Piece, int[] Ids);
}
