namespace Lazuli.Contracts;

/// <summary>How far a model is released. Each stage reaches whom the one before reached, and more.</summary>
public enum ModelStage
{
    /// <summary>Its owners only.</summary>
    Internal,

    /// <summary>Licensed parties of the class <c>assessor</c>.</summary>
    Assessors,

    /// <summary>Parties licensed by the owner itself.</summary>
    PreviewPartners,

    /// <summary>Parties licensed through any chain; the weights stay.</summary>
    Commercial,

    /// <summary>Licensees who may receive the weights, receive them.</summary>
    WeightsToLicensee,

    /// <summary>Everybody, under open grants.</summary>
    Public,
}
