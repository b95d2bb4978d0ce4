namespace Lazuli.Training;

/// <summary>What is wrong with a recipe whose values each are of the right type: values that do not go together.</summary>
internal static class RecipeValidation
{
    /// <summary>Everything that is wrong, each naming its keys; empty where nothing is.</summary>
    public static IReadOnlyList<string> FindErrors(Recipe recipe)
    {
        var errors = new List<string>();
        CheckModel(recipe, errors);
        CheckBatch(recipe, errors);
        DurationRecipe d = recipe.Duration;
        int durations = (d.Steps is null ? 0 : 1) + (d.Tokens is null ? 0 : 1) + (d.Minutes is null ? 0 : 1);
        if (durations != 1)
        {
            errors.Add($"duration has {durations} of steps, tokens and minutes; expected exactly one.");
        }

        if (recipe.Data.Prepared is not null && recipe.Data.Corpus.Count > 0)
        {
            errors.Add("data has both prepared and corpus; expected one: a prepared data set, or a corpus to prepare.");
        }

        return errors;
    }

    private static void CheckModel(Recipe recipe, List<string> errors)
    {
        ModelRecipe m = recipe.Model;
        if (m.HeadSize is null && m.Width % m.Heads != 0)
        {
            errors.Add($"model.width ({m.Width}) is not divisible by model.heads ({m.Heads}). Change one, or give model.headSize.");
            return;
        }

        errors.AddRange(m.ToConfig(recipe.Tokenizer.VocabularySize).FindErrors().Select(e => "model." + e));
    }

    private static void CheckBatch(Recipe recipe, List<string> errors)
    {
        long rowTokens = (long)recipe.Batch.Rows * recipe.Model.ContextLength;
        if (recipe.Batch.Tokens % rowTokens != 0)
        {
            errors.Add(
                $"batch.tokens ({recipe.Batch.Tokens}) is not a multiple of batch.rows × model.contextLength ({recipe.Batch.Rows} × {recipe.Model.ContextLength} = {rowTokens}).");
        }
    }
}
