using System.Text;

namespace Lazuli.Inference;

/// <summary>Turns the bytes of tokens into text as they come: whole characters only, nothing that may become part of a stop string, and no stop string.</summary>
/// <remarks>
/// Bytes that end in the middle of a character wait for the rest; bytes that are not UTF-8 become U+FFFD, at the end of the text too.
/// The pieces put together are the same text for any cutting into tokens. Once warm it allocates nothing.
/// </remarks>
internal sealed class TextAssembler
{
    private readonly StopMatcher _stops;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private byte[] _pending = new byte[256];
    private char[] _characters = new char[256];
    private int _pendingCount;

    public TextAssembler(StopMatcher stops) => _stops = stops;

    /// <summary>Whether a stop string has ended the text.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes a token's bytes; answers the text that is certain now. Valid until the next call.</summary>
    public ReadOnlySpan<char> Append(ReadOnlySpan<byte> bytes)
    {
        if (IsStopped)
        {
            return [];
        }

        if (_pending.Length < _pendingCount + bytes.Length)
        {
            Array.Resize(ref _pending, 2 * (_pendingCount + bytes.Length));
        }

        bytes.CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += bytes.Length;
        ReadOnlySpan<byte> pending = _pending.AsSpan(0, _pendingCount);
        int end = _stops.FindEnd(pending);
        IsStopped = end >= 0;
        return IsStopped ? Emit(end, isLast: true) : Emit(pending.Length - _stops.HeldBack(pending), isLast: false);
    }

    /// <summary>Ends the text: answers what was held back. Valid until the next call.</summary>
    public ReadOnlySpan<char> Finish() => IsStopped ? [] : Emit(_pendingCount, isLast: true);

    private ReadOnlySpan<char> Emit(int count, bool isLast)
    {
        int room = Encoding.UTF8.GetMaxCharCount(count);
        if (_characters.Length < room)
        {
            _characters = new char[2 * room];
        }

        int written = _decoder.GetChars(_pending.AsSpan(0, count), _characters, flush: isLast);
        _pendingCount = isLast ? 0 : _pendingCount - count;
        _pending.AsSpan(count, _pendingCount).CopyTo(_pending);
        return _characters.AsSpan(0, written);
    }
}
