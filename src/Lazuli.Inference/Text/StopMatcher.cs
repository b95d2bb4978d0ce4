namespace Lazuli.Inference;

/// <summary>Finds the end of a text at the first stop string to be complete, wherever the pieces it arrives in are cut.</summary>
/// <remarks>Works on UTF-8 bytes. Of several stop strings completed by the same byte the longest counts, so that no part of it is text.</remarks>
internal sealed class StopMatcher
{
    private readonly byte[][] _stops;

    public StopMatcher(byte[][] stops) => _stops = stops;

    /// <summary>Where the text ends, when a stop string lies in <paramref name="pending"/>; −1 when none does.</summary>
    public int FindEnd(ReadOnlySpan<byte> pending)
    {
        int text = -1;
        int stopEnd = int.MaxValue;
        foreach (byte[] stop in _stops)
        {
            int start = pending.IndexOf(stop);
            if (start >= 0 && (start + stop.Length < stopEnd || (start + stop.Length == stopEnd && start < text)))
            {
                text = start;
                stopEnd = start + stop.Length;
            }
        }

        return text;
    }

    /// <summary>How many bytes at the end of <paramref name="pending"/> could still become a stop string.</summary>
    public int HeldBack(ReadOnlySpan<byte> pending)
    {
        int held = 0;
        foreach (byte[] stop in _stops)
        {
            int longest = Math.Min(stop.Length - 1, pending.Length);
            for (int length = longest; length > held; length--)
            {
                if (pending[^length..].SequenceEqual(stop.AsSpan(0, length)))
                {
                    held = length;
                    break;
                }
            }
        }

        return held;
    }
}
