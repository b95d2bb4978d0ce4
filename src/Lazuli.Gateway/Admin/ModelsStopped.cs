namespace Lazuli.Gateway;

/// <summary>Body of a request that stops models, or lets them go on.</summary>
/// <param name="Subjects">Names and digests; whoever stops a model should name both.</param>
/// <param name="Reason">Why.</param>
public sealed record ModelsStopped(IReadOnlyList<string> Subjects, string Reason);
