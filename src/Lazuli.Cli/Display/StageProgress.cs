namespace Lazuli.Cli;

/// <summary>What a stage tells while it runs.</summary>
internal sealed class StageProgress(Action<double, string> report, Action<string> note)
{
    /// <summary>How far it is (0 to 1), and a few words.</summary>
    public void Report(double fraction, string text = "") => report(Math.Clamp(fraction, 0, 1), text);

    /// <summary>A line worth keeping.</summary>
    public void Note(string line) => note(line);
}
