namespace Lazuli.Compute;

/// <summary>Which systems of a table a line is fitted to. The rules answer different questions, so a result always names its rule.</summary>
public enum FrontierRule
{
    /// <summary>Every system.</summary>
    All,

    /// <summary>Systems that used more compute than any before them in the table.</summary>
    Records,

    /// <summary>Systems that were among the ten of most compute when they came out.</summary>
    Top10,
}
