namespace Lazuli.Training;

/// <summary>A recipe cannot be used; carries everything that is wrong with it, not only the first thing.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>Says what is wrong with the recipe called <paramref name="source"/>.</summary>
    public RecipeException(string source, IReadOnlyList<RecipeProblem> problems, Exception? inner = null)
        : base($"{source} has {problems.Count} {(problems.Count == 1 ? "error" : "errors")}:\n{string.Join('\n', problems.Select(p => "  " + p))}", inner)
    {
        Problems = problems;
    }

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<RecipeProblem> Problems { get; }
}
