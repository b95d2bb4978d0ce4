using System.Text;

namespace Lazuli.Training;

/// <summary>Reads recipes: YAML 1.2, at most 1 MiB, with values overridden by <c>path=value</c>.</summary>
public static class RecipeFile
{
    /// <summary>Longest recipe in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads the recipe at <paramref name="path"/>.</summary>
    /// <param name="path">A YAML file.</param>
    /// <param name="overrides">Values that replace those of the file, e.g. <c>optimizer.learningRate=3e-4</c>; later ones win.</param>
    /// <exception cref="RecipeException">It cannot be used; the message has everything that is wrong, with its place.</exception>
    public static Recipe Read(string path, IReadOnlyList<string>? overrides = null)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new RecipeException(path, [new RecipeProblem("", "", Directory.Exists(path) ? "is a folder; expected a recipe file." : "there is no such file.")]);
        }

        if (file.Length > MaxBytes)
        {
            throw new RecipeException(path, [new RecipeProblem("", "", $"expected at most {MaxBytes} bytes; found {file.Length}.")]);
        }

        try
        {
            return Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)), path, overrides);
        }
        catch (DecoderFallbackException e)
        {
            throw new RecipeException(path, [new RecipeProblem("", "", $"expected UTF-8 text; found other bytes at offset {e.Index}.")], e);
        }
    }

    /// <summary>Reads a recipe from text; <paramref name="source"/> names it in messages.</summary>
    /// <exception cref="RecipeException">It cannot be used.</exception>
    public static Recipe Parse(string yaml, string source, IReadOnlyList<string>? overrides = null)
    {
        try
        {
            RecipeNode root = RecipeParser.Parse(yaml.TrimStart('\uFEFF'));
            foreach (string assignment in overrides ?? [])
            {
                root = Override(root, assignment);
            }

            var binder = new RecipeBinder();
            Recipe? recipe = binder.Bind(root);
            if (recipe is null)
            {
                throw new RecipeException(source, binder.Problems);
            }

            IReadOnlyList<string> errors = RecipeValidation.FindErrors(recipe);
            return errors.Count == 0 ? recipe : throw new RecipeException(source, [.. errors.Select(e => new RecipeProblem("", "", e))]);
        }
        catch (RecipeSyntaxException e)
        {
            throw new RecipeException(source, [new RecipeProblem("", e.Place, e.Message)], e);
        }
    }

    /// <summary>Puts <c>a.b=c</c> into the tree; the value is YAML, so <c>data.corpus=[a, b]</c> works.</summary>
    private static RecipeNode Override(RecipeNode root, string assignment)
    {
        string place = $"--set {assignment}";
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        string[] keys = equals > 0 ? assignment[..equals].Trim().Split('.') : [];
        if (keys.Length == 0 || keys.Any(k => k.Length == 0))
        {
            throw new RecipeSyntaxException(place, "expected path=value, e.g. optimizer.learningRate=3e-4.");
        }

        return Put(root, keys, RecipeParser.Parse(assignment[(equals + 1)..], place), place);
    }

    private static MappingNode Put(RecipeNode node, ReadOnlySpan<string> keys, RecipeNode value, string place)
    {
        var mapping = node as MappingNode ?? new MappingNode(place, [], []);
        string key = keys[0];
        if (keys.Length > 1)
        {
            value = Put(mapping.Entries.GetValueOrDefault(key, new MappingNode(place, [], [])), keys[1..], value, place);
        }

        var entries = new Dictionary<string, RecipeNode>(mapping.Entries, StringComparer.Ordinal) { [key] = value };
        var places = new Dictionary<string, string>(mapping.KeyPlaces, StringComparer.Ordinal);
        places.TryAdd(key, place);
        return mapping with { Entries = entries, KeyPlaces = places };
    }
}
