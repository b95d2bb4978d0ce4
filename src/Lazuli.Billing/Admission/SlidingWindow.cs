using System.Buffers.Binary;

namespace Lazuli.Billing;

/// <summary>Counts what fell into the last minute or day: never less than did, at most a part of the window more.</summary>
/// <remarks>
/// The window is cut into parts, and a part is dropped once all of it is older than the window, so that no stretch of the window's length
/// ever holds more than the limit. Times are ticks of a clock that never goes back.
/// </remarks>
internal sealed class SlidingWindow
{
    private readonly long _partTicks;
    private readonly long[] _counts; // of part n at n mod length; one more than the parts, for the one that has begun
    private long _newest;

    public SlidingWindow(TimeSpan length, int parts)
    {
        _partTicks = length.Ticks / parts;
        _counts = new long[parts + 1];
    }

    /// <summary>What counts now; may be above a limit.</summary>
    public long Total { get; private set; }

    /// <summary>Drops what is too old.</summary>
    public void Advance(long ticks)
    {
        long part = ticks / _partTicks;
        if (part < _newest)
        {
            // Only after a restart with the clock set back: the counts stay, and age from now on.
            Rebase(part);
            return;
        }

        if (part - _newest >= _counts.Length)
        {
            Array.Clear(_counts);
            Total = 0;
        }
        else
        {
            for (long n = _newest + 1; n <= part; n++)
            {
                ref long count = ref _counts[n % _counts.Length];
                Total -= count;
                count = 0;
            }
        }

        _newest = part;
    }

    /// <summary>Counts something now.</summary>
    public void Add(long count)
    {
        _counts[_newest % _counts.Length] += count;
        Total += count;
    }

    /// <summary>Takes back what was counted at <paramref name="ticks"/> and came to less; what has left the window is left.</summary>
    public void TakeBack(long count, long ticks)
    {
        long part = ticks / _partTicks;
        if (part > _newest || _newest - part >= _counts.Length)
        {
            return;
        }

        ref long counted = ref _counts[part % _counts.Length];
        long taken = Math.Min(count, counted);
        counted -= taken;
        Total -= taken;
    }

    /// <summary>Until <paramref name="more"/> fit under <paramref name="limit"/>, if nothing else comes; null when they never do.</summary>
    public TimeSpan? UntilRoom(long more, long limit, long ticks)
    {
        if (more > limit)
        {
            return null;
        }

        long total = Total;
        for (long part = _newest - _counts.Length + 1; part <= _newest; part++)
        {
            if (total + more <= limit)
            {
                break;
            }

            total -= part < 0 ? 0 : _counts[part % _counts.Length];
            if (total + more <= limit)
            {
                return Leaves(part, ticks);
            }
        }

        return TimeSpan.Zero;
    }

    /// <summary>Until nothing counts any more, if nothing else comes.</summary>
    public TimeSpan UntilEmpty(long ticks)
    {
        for (long part = _newest; part > _newest - _counts.Length && part >= 0; part--)
        {
            if (_counts[part % _counts.Length] > 0)
            {
                return Leaves(part, ticks);
            }
        }

        return TimeSpan.Zero;
    }

    /// <summary>Length of <see cref="Write"/>.</summary>
    public int WrittenLength => 8 + (8 * _counts.Length);

    /// <summary>Writes it down; answers what is left of the destination.</summary>
    public Span<byte> Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, _newest);
        destination = destination[8..];
        foreach (long count in _counts)
        {
            BinaryPrimitives.WriteInt64LittleEndian(destination, count);
            destination = destination[8..];
        }

        return destination;
    }

    /// <summary>Reads it back; answers what is left of the source.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> source)
    {
        _newest = BinaryPrimitives.ReadInt64LittleEndian(source);
        source = source[8..];
        Total = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = BinaryPrimitives.ReadInt64LittleEndian(source);
            Total += _counts[i];
            source = source[8..];
        }

        return source;
    }

    private TimeSpan Leaves(long part, long ticks) => TimeSpan.FromTicks(Math.Max(0, ((part + _counts.Length) * _partTicks) - ticks));

    private void Rebase(long part)
    {
        long total = Total;
        Array.Clear(_counts);
        _newest = part;
        _counts[part % _counts.Length] = total;
    }
}
