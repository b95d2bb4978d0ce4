namespace Lazuli.Licensing;

/// <summary>Classes of customer that the product itself knows.</summary>
internal static class CustomerClasses
{
    /// <summary>Examines models before others get them.</summary>
    public const string Assessor = "assessor";
}
