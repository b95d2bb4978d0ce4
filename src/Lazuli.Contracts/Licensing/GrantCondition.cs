using System.Text.Json.Serialization;

namespace Lazuli.Contracts;

/// <summary>Something that must hold at the moment of use. What is not known does not hold.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ComputeAtMost), "computeAtMost")]
[JsonDerivedType(typeof(Finding), "finding")]
[JsonDerivedType(typeof(Event), "event")]
[JsonDerivedType(typeof(NotBefore), "notBefore")]
[JsonDerivedType(typeof(Before), "before")]
public abstract record GrantCondition
{
    private GrantCondition()
    {
    }

    /// <summary>The model's training took at most so much compute; not met where that is unknown.</summary>
    /// <param name="Flop">Floating-point operations, above zero.</param>
    public sealed record ComputeAtMost(double Flop) : GrantCondition;

    /// <summary>A capability was found in the model, or was not: "until general intelligence is found" is absence.</summary>
    /// <param name="Name">The finding's name.</param>
    /// <param name="Present">Whether it must have been found.</param>
    public sealed record Finding(string Name, bool Present) : GrantCondition;

    /// <summary>Something happened, or did not.</summary>
    /// <param name="Name">The event's name.</param>
    /// <param name="Happened">Whether it must have.</param>
    public sealed record Event(string Name, bool Happened) : GrantCondition;

    /// <summary>A day has come.</summary>
    /// <param name="At">From then on.</param>
    public sealed record NotBefore(DateTimeOffset At) : GrantCondition;

    /// <summary>A day has not come.</summary>
    /// <param name="At">Until then.</param>
    public sealed record Before(DateTimeOffset At) : GrantCondition;
}
