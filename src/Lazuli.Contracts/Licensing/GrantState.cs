namespace Lazuli.Contracts;

/// <summary>Where a grant is in its life.</summary>
public enum GrantState
{
    /// <summary>Offered by the licensor; allows nothing yet.</summary>
    Offered,

    /// <summary>Signed by both, in force within its term.</summary>
    Active,

    /// <summary>Allows nothing until it is resumed, and nothing below it does.</summary>
    Suspended,

    /// <summary>Over for good.</summary>
    Ended,

    /// <summary>An offer taken back or declined.</summary>
    Withdrawn,
}
