namespace Lazuli.Cli;

/// <summary>Counts of times in buckets 2 % wide, so that percentiles of millions of calls take no memory. For one thread.</summary>
internal sealed class LatencyBuckets
{
    private const double BucketsPerE = 50;
    private const int Count = 1024; // up to a quarter of an hour, in microseconds
    private readonly long[] _counts = new long[Count];

    /// <summary>Counts a time.</summary>
    public void Add(TimeSpan time) => _counts[Math.Clamp((int)(Math.Log(Math.Max(1, time.TotalMicroseconds)) * BucketsPerE), 0, Count - 1)]++;

    /// <summary>Adds another's counts.</summary>
    public void Add(LatencyBuckets other)
    {
        for (int i = 0; i < Count; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>Milliseconds that this share of the times did not pass, rounded up to a bucket's end; 0 where there are none.</summary>
    public double Percentile(double share)
    {
        long wanted = (long)Math.Ceiling(_counts.Sum() * share);
        long seen = 0;
        for (int i = 0; i < Count && wanted > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
            {
                return Math.Exp((i + 1) / BucketsPerE) / 1e3;
            }
        }

        return 0;
    }
}
