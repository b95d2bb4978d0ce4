namespace Lazuli.Inference;

/// <summary>What steps take here, as measured: how much of a prompt fits a step beside what decodes, and what further rows would cost.</summary>
/// <remarks>
/// <para>Two figures: seconds of a step by its rows where no prompt is fed, and seconds that a prompt's row adds to one. Both follow the machine and the lengths of texts as
/// running averages; a single step counts at most double or half, so that a disturbance passes.</para>
/// <para>It decides when rows are computed, never what comes out. Pure; allocates nothing. Not thread-safe.</para>
/// </remarks>
internal sealed class StepCost
{
    private const int FirstPromptRows = 16; // in a step that has to be guessed
    private const int LeastPromptRows = 8;
    private const int RowTile = 4; // kernels take rows in fours: one that is not full costs as much as one that is

    private const double Newest = 0.2; // weight of the last step in an average
    private const int SamplesToTrust = 3; // of these the least counts: first steps pay for compiling and pages

    private readonly double[] _seconds;
    private readonly int[] _samples;
    private readonly long[] _seenAt;
    private double _promptRowSeconds;
    private double _owedRows; // what rounding to whole tiles has kept from prompts so far
    private int _promptSamples;
    private long _steps;

    /// <summary>Costs of steps of at most <paramref name="mostRows"/> rows without prompts.</summary>
    public StepCost(int mostRows)
    {
        _seconds = new double[mostRows + 1];
        _samples = new int[mostRows + 1];
        _seenAt = new long[mostRows + 1];
    }

    /// <summary>Notes a step of <paramref name="rows"/> decoding rows and <paramref name="promptRows"/> rows of prompts.</summary>
    public void Observe(int rows, int promptRows, double seconds)
    {
        _steps++;
        if (promptRows > 0)
        {
            Average(ref _promptRowSeconds, ref _promptSamples, Math.Max(seconds - SecondsOf(rows), seconds * 0.05) / promptRows);
        }
        else if (rows < _seconds.Length)
        {
            Average(ref _seconds[rows], ref _samples[rows], seconds);
            _seenAt[rows] = _steps;
        }
    }

    /// <summary>Rows of prompts that make a step beside <paramref name="rows"/> decoding ones last <paramref name="targetSeconds"/>; all of <paramref name="most"/> where nothing decodes.</summary>
    /// <remarks>Rounded to whole tiles of rows, up and down in turn, so that steps last so long on average. Never fewer than half as many as decode: where those alone take the time, on a slow or busy machine, prompts still get a third.</remarks>
    public int PromptRows(int rows, double targetSeconds, int most)
    {
        if (rows == 0)
        {
            return most;
        }

        double fitting = _promptSamples == 0 ? FirstPromptRows : (targetSeconds - SecondsOf(rows)) / _promptRowSeconds;
        double wanted = Math.Clamp(fitting, Math.Min(Math.Max(LeastPromptRows, rows / 2), most), most);
        int given = (int)((Math.Floor((rows + wanted + _owedRows) / RowTile) * RowTile) - rows);
        if (wanted >= most || given < 1 || given > most)
        {
            return (int)wanted;
        }

        _owedRows = Math.Clamp(_owedRows + wanted - given, 0, RowTile);
        return given;
    }

    /// <summary>Steps since one of so many rows was measured; a large number where none ever was.</summary>
    public long StepsSince(int rows) => rows < _seconds.Length && _samples[rows] > 0 ? _steps - _seenAt[rows] : long.MaxValue;

    /// <summary>Seconds of a step of <paramref name="rows"/> rows without prompts, between and beyond measured numbers of rows by a straight line; 0 where nothing was measured.</summary>
    public double SecondsOf(int rows)
    {
        int below = Math.Min(rows, _seconds.Length - 1);
        while (below > 0 && _samples[below] == 0)
        {
            below--;
        }

        int above = rows;
        while (above < _seconds.Length && _samples[above] == 0)
        {
            above++;
        }

        bool hasAbove = above < _seconds.Length;
        if (below == rows && rows > 0)
        {
            return _seconds[rows];
        }

        if (below > 0 && hasAbove)
        {
            return _seconds[below] + ((_seconds[above] - _seconds[below]) * (rows - below) / (above - below));
        }

        return below > 0 ? _seconds[below] : hasAbove && rows > 0 ? _seconds[above] : 0;
    }

    private static void Average(ref double average, ref int samples, double measured)
    {
        average = samples == 0 ? measured
            : samples < SamplesToTrust ? Math.Min(average, measured)
            : average + (Newest * (Math.Clamp(measured, average / 2, average * 2) - average));
        samples++;
    }
}
