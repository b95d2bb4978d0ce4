namespace Lazuli.Training;

/// <summary>Text that is not the YAML recipes are written in; the reader turns it into a <see cref="RecipeException"/>.</summary>
internal sealed class RecipeSyntaxException(string place, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Place { get; } = place;
}
