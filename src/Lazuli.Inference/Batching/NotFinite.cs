namespace Lazuli.Inference;

/// <summary>A model gave something that is no number.</summary>
internal static class NotFinite
{
    /// <summary>What the request is told.</summary>
    public static InvalidOperationException Exception() => new("The model's results are not finite numbers; its weights are damaged or do not fit its config.");
}
