using System.Globalization;

namespace Lazuli.Training;

/// <summary>Energy of this process's machine over a run: read from RAPL where the kernel shows it, else estimated from an assumed power, which <see cref="Source"/> says.</summary>
/// <remarks>RAPL counts whole packages, other programs included. Counters wrap; <c>max_energy_range_uj</c> says where.</remarks>
public sealed class EnergyMeter
{
    private const double AssumedWattsPerThread = 10;

    private readonly TimeProvider _time;
    private readonly int _threads;
    private readonly List<(string CounterPath, long RangeMicrojoules)> _zones = [];
    private readonly List<long> _last = [];
    private long _lastTimestamp;
    private double _joules;

    /// <summary>Starts at zero joules.</summary>
    /// <param name="time">Clock of the estimate.</param>
    /// <param name="threads">Busy threads, for the estimate.</param>
    /// <param name="powercapRoot">Where the kernel shows RAPL zones.</param>
    public EnergyMeter(TimeProvider time, int threads, string powercapRoot = "/sys/class/powercap")
    {
        _time = time;
        _threads = threads;
        FindZones(powercapRoot);
        Source = _zones.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $"measured: RAPL, {_zones.Count} package(s), everything on the machine")
            : string.Create(CultureInfo.InvariantCulture, $"estimated: {AssumedWattsPerThread:0} W assumed for each of {threads} busy threads");
        _lastTimestamp = time.GetTimestamp();
    }

    /// <summary>How the figure is known, in words.</summary>
    public string Source { get; }

    /// <summary>Whether the machine told; false for an estimate.</summary>
    public bool IsMeasured => _zones.Count > 0;

    /// <summary>Joules since the start; call at least once a minute, so that a wrapped counter is seen.</summary>
    public double ReadJoules()
    {
        long now = _time.GetTimestamp();
        if (_zones.Count == 0)
        {
            _joules += _time.GetElapsedTime(_lastTimestamp, now).TotalSeconds * AssumedWattsPerThread * _threads;
        }

        for (int i = 0; i < _zones.Count; i++)
        {
            if (TryRead(_zones[i].CounterPath, out long value))
            {
                long delta = value - _last[i];
                _joules += (delta >= 0 ? delta : delta + _zones[i].RangeMicrojoules) * 1e-6;
                _last[i] = value;
            }
        }

        _lastTimestamp = now;
        return _joules;
    }

    private void FindZones(string root)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

        // Packages only ("intel-rapl:0"; AMD's zones bear the same name): "intel-rapl:0:1" is inside its package.
        foreach (string zone in Directory.EnumerateDirectories(root, "intel-rapl:*").Order(StringComparer.Ordinal))
        {
            string counter = Path.Combine(zone, "energy_uj");
            if (Path.GetFileName(zone).Count(c => c == ':') == 1 && TryRead(counter, out long value))
            {
                _zones.Add((counter, TryRead(Path.Combine(zone, "max_energy_range_uj"), out long range) ? range : 0));
                _last.Add(value);
            }
        }
    }

    private static bool TryRead(string path, out long value)
    {
        value = 0;
        try
        {
            return long.TryParse(File.ReadAllText(path).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the kernel shows it to root only on many machines
        }
    }
}
