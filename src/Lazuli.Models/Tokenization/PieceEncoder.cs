using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>Encodes text piece by piece and remembers pieces in tables of fixed size. Used by one thread at a time.</summary>
/// <remarks>
/// Short pieces (up to 15 bytes) are their own key in two words, longer ones are found by hash and compared byte by byte.
/// A place in a table holds the piece seen last, so memory is bounded and nothing is ever searched.
/// </remarks>
internal sealed class PieceEncoder
{
    /// <summary>The longest piece that fits its length beside it in sixteen bytes.</summary>
    private const int ShortLimit = 15;

    /// <summary>The longest piece remembered; longer ones seldom come twice.</summary>
    private const int LongLimit = 128;

    /// <summary>Ids a short entry holds; a piece of more is merged each time.</summary>
    private const int InlineIds = 3;

    private const int ShortBits = 14;
    private const int LongBits = 11;
    private const int BufferLength = 2048;

    private readonly BpeVocabulary _vocabulary;
    private readonly TokenIndex? _whole;
    private readonly PieceMerger _merger;
    private readonly ShortEntry[] _short = new ShortEntry[1 << ShortBits];
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
                Flush(ids, ref count);
            }

            int length = end - start;
            if (length <= ShortLimit && start <= text.Length - 16)
            {
                (ulong low, ulong high) = ShortKey(text, start, length);
                ref ShortEntry entry = ref _short[(int)(Mix(low, high) >> (64 - ShortBits))];
                if (entry.Low != low || entry.High != high)
                {
                    EncodeShort(text.Slice(start, length), low, high, ref entry, ids, ref count);
                }
                else
                {
                    buffer[count] = entry.First;
                    buffer[count + 1] = entry.Second;
                    buffer[count + 2] = entry.Third;
                    count += entry.Count;
                }
            }
            else
            {
                Flush(ids, ref count);
                EncodeLong(text.Slice(start, length), ids);
            }

            start = end;
        }

        Flush(ids, ref count);
    }

    /// <summary>The bytes themselves, zero-padded, with the length in the last byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Low, ulong High) ShortKey(ReadOnlySpan<byte> text, int start, int length)
    {
        ulong low = BinaryPrimitives.ReadUInt64LittleEndian(text.Slice(start, 8));
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(text.Slice(start + 8, 8));
        if (length <= 8)
        {
            low &= ulong.MaxValue >> (64 - (length * 8));
            high = 0;
        }
        else
        {
            high &= ulong.MaxValue >> (128 - (length * 8));
        }

        return (low, high | ((ulong)length << 56));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong low, ulong high) => (low ^ BitOperations.RotateLeft(high * 0x9E3779B97F4A7C15UL, 32)) * 0xD6E8FEB86659FD93UL;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EncodeShort(ReadOnlySpan<byte> piece, ulong low, ulong high, ref ShortEntry entry, List<int> ids, ref int count)
    {
        ReadOnlySpan<int> pieceIds = IdsOf(piece);
        if (pieceIds.Length > InlineIds)
        {
            Flush(ids, ref count);
            ids.AddRange(pieceIds);
            return;
        }

        pieceIds.CopyTo(_buffer.AsSpan(count));
        count += pieceIds.Length;
        entry = new ShortEntry
        {
            Low = low,
            High = high,
            First = pieceIds[0],
            Second = pieceIds.Length > 1 ? pieceIds[1] : 0,
            Third = pieceIds.Length > 2 ? pieceIds[2] : 0,
            Count = pieceIds.Length,
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EncodeLong(ReadOnlySpan<byte> piece, List<int> ids)
    {
        if (piece.Length > LongLimit)
        {
            ids.AddRange(IdsOf(piece));
            return;
        }

        ref LongEntry? entry = ref _long[(int)(TokenIndex.Hash(piece) >> (64 - LongBits))];
        if (entry is null || !piece.SequenceEqual(entry.Piece))
        {
            entry = new LongEntry(piece.ToArray(), IdsOf(piece).ToArray());
        }

        ids.AddRange(entry.Ids);
    }

    private ReadOnlySpan<int> IdsOf(ReadOnlySpan<byte> piece)
    {
        if (_whole is not null && _whole.TryFind(piece, out int index))
        {
            return _whole.Ids.AsSpan(index, 1);
        }

        return piece.Length == 1 ? _vocabulary.ByteIds.AsSpan(piece[0], 1) : _merger.Merge(piece);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Flush(List<int> ids, ref int count)
    {
        if (count > 0)
        {
            ids.AddRange(_buffer.AsSpan(0, count));
            count = 0;
        }
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
