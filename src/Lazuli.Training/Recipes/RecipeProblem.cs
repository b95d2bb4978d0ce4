namespace Lazuli.Training;

/// <summary>One thing that is wrong with a recipe.</summary>
/// <param name="Path">The value, e.g. <c>optimizer.learningRate</c>; empty for the whole.</param>
/// <param name="Place">Where it was written: a line, or the override on the command line; empty where it is not one place.</param>
/// <param name="Message">What was expected, what was found.</param>
public sealed record RecipeProblem(string Path, string Place, string Message)
{
    public override string ToString() => string.Join(": ", new[] { Place, Path, Message }.Where(part => part.Length > 0));
}
