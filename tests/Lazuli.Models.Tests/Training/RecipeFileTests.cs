using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class RecipeFileTests
{
    private const string Good = """
        name: no
        model:
          contextLength: 64
          layers: 2
          width: 64
          heads: 4
          feedForwardWidth: 176
        batch: { tokens: 1024, rows: 16 }
        optimizer:
          kind: muon
          learningRate: 3e-4
        duration:
          steps: 1e2
        data:
          corpus: [a.txt, "on"]
          source: 12
        """;

    [Fact]
    public void Values_take_the_type_of_their_key()
    {
        Recipe recipe = RecipeFile.Parse(Good, "r.yaml");

        Assert.Equal("no", recipe.Name);
        Assert.Equal(3e-4, recipe.Optimizer.LearningRate);
        Assert.Equal(OptimizerKind.Muon, recipe.Optimizer.Kind);
        Assert.Equal(100, recipe.Duration.Steps);
        Assert.Equal(["a.txt", "on"], recipe.Data.Corpus);
        Assert.Equal("12", recipe.Data.Source);
        Assert.Equal(0.95, recipe.Optimizer.Beta2);
    }

    [Fact]
    public void Overrides_replace_values_and_make_groups()
    {
        Recipe recipe = RecipeFile.Parse(Good, "r.yaml", ["optimizer.learningRate=1", "evaluation.rows=3", "data.corpus=[x, y]", "optimizer.learningRate=0.5"]);

        Assert.Equal(0.5, recipe.Optimizer.LearningRate);
        Assert.Equal(3, recipe.Evaluation.Rows);
        Assert.Equal(["x", "y"], recipe.Data.Corpus);
    }

    [Fact]
    public void Canonical_json_reads_back_to_the_same_recipe_and_digest()
    {
        Recipe recipe = RecipeFile.Parse(Good, "r.yaml");

        Recipe again = RecipeJson.Read(RecipeJson.Write(recipe));

        Assert.Equal(RecipeJson.Write(recipe), RecipeJson.Write(again));
        Assert.Equal(RecipeJson.Digest(recipe), RecipeJson.Digest(again));
        Assert.NotEqual(RecipeJson.Digest(recipe), RecipeJson.Digest(recipe with { Seed = 2 }));
    }

    [Fact]
    public void Every_problem_is_said_at_once_with_its_line()
    {
        const string Bad = """
            name: bad
            model:
              contextLength: 64
              layers: two
              width: 64
              heads: "4"
              feedForwardWidth: 176
            batch: { tokens: 1024, rows: 0 }
            optimizer:
              learning_rate: 3e-4
              kind: sgd
            duration: 100
            extra: 1
            """;

        RecipeException error = Assert.Throws<RecipeException>(() => RecipeFile.Parse(Bad, "bad.yaml"));

        Assert.Equal(
            """
            bad.yaml has 7 errors:
              line 13: extra: is not a key of recipes. Known keys: name, seed, model, embedding, tokenizer, data, batch, optimizer, schedule, duration, evaluation, checkpoints, samples.
              line 4: model.layers: expected a whole number; found two.
              line 6: model.heads: expected a whole number; found the text "4".
              line 8: batch.rows: must be from 1 to 65536; found 0.
              line 10: optimizer.learning_rate: is not a key of recipes. Did you mean 'learningRate'?
              line 11: optimizer.kind: expected one of adamW, muon; found sgd.
              line 12: duration: expected keys and values; found 100.
            """.ReplaceLineEndings("\n"),
            error.Message);
    }

    [Theory]
    [InlineData("model.heads=5", "model.width (64) is not divisible by model.heads (5). Change one, or give model.headSize.")]
    [InlineData("model.keyValueHeads=3", "model.heads (4) is not divisible by keyValueHeads (3).")]
    [InlineData("model.headSize=15", "model.headSize (15) is odd; rotary positions need pairs.")]
    [InlineData("batch.tokens=1000", "batch.tokens (1000) is not a multiple of batch.rows × model.contextLength (16 × 64 = 1024).")]
    [InlineData("duration.minutes=1", "duration has 2 of steps, tokens and minutes; expected exactly one.")]
    [InlineData("data.prepared=x", "data has both prepared and corpus; expected one: a prepared data set, or a corpus to prepare.")]
    [InlineData("optimizer.learningRate=.nan", "--set optimizer.learningRate=.nan: optimizer.learningRate: expected a number; found .nan.")]
    [InlineData("optimizer.beta1=1", "--set optimizer.beta1=1: optimizer.beta1: must be from 0 to 0.999999; found 1.")]
    [InlineData("model.layers=99999999999999999999", "--set model.layers=99999999999999999999: model.layers: expected a whole number; found 99999999999999999999.")]
    [InlineData("model.tiedHead=yes", "--set model.tiedHead=yes: model.tiedHead: expected true or false; found yes.")]
    [InlineData("optimiser.kind=muon", "--set optimiser.kind=muon: optimiser: is not a key of recipes. Did you mean 'optimizer'?")]
    [InlineData("=3", "--set =3: expected path=value, e.g. optimizer.learningRate=3e-4.")]
    public void Refuses_what_cannot_be_run(string change, string expected)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => RecipeFile.Parse(Good, "r.yaml", [change]));

        Assert.Equal(expected, Assert.Single(error.Problems).ToString());
    }

    [Theory]
    [InlineData("name: a\nname: b\n", "line 2: found the key 'name' a second time (first: line 1).")]
    [InlineData("name: &x a\n", "line 1: found the anchor &x; recipes have no anchors or aliases. Write the value out.")]
    [InlineData("name: *x\n", "line 1: found the alias *x; recipes have no anchors or aliases. Write the value out.")]
    [InlineData("name: !!str a\n", "line 1: found the tag tag:yaml.org,2002:str; a value's type comes from its key. Remove the tag.")]
    [InlineData("name: a\n---\nname: b\n", "line 2: found a second document; a recipe is one.")]
    [InlineData("{a: 1}: b\n", "line 1: found a key that is not text.")]
    public void Refuses_what_recipes_do_not_have(string yaml, string expected)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => RecipeFile.Parse(yaml, "r.yaml"));

        Assert.Equal(expected, Assert.Single(error.Problems).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("[1, 2]")]
    [InlineData("name: [")]
    [InlineData("\tname: a")]
    [InlineData("name: \"a")]
    [InlineData("? ")]
    [InlineData("%YAML 9.9\n---\nname: a")]
    public void Refuses_text_that_is_no_recipe_with_one_kind_of_error(string yaml) =>
        Assert.NotEmpty(Assert.Throws<RecipeException>(() => RecipeFile.Parse(yaml, "r.yaml")).Problems);

    [Fact]
    public void Refuses_a_recipe_cut_off_anywhere_or_reads_it()
    {
        int read = 0;
        for (int length = 0; length < Good.Length; length++)
        {
            try
            {
                RecipeFile.Parse(Good[..length], "r.yaml");
                read++;
            }
            catch (RecipeException e)
            {
                Assert.NotEmpty(e.Problems);
            }
        }

        Assert.InRange(read, 1, Good.Length / 2); // only the optional part at the end can go missing
    }

    [Fact]
    public void Refuses_deep_nesting() =>
        Assert.Throws<RecipeException>(() => RecipeFile.Parse(string.Concat(Enumerable.Repeat("[", 2000)), "r.yaml"));

    [Fact]
    public void Refuses_a_file_that_is_missing_too_large_or_not_text()
    {
        using var scratch = new ScratchFolder();
        string large = Path.Combine(scratch.Path, "large.yaml");
        File.WriteAllBytes(large, new byte[RecipeFile.MaxBytes + 1]);
        string binary = Path.Combine(scratch.Path, "binary.yaml");
        File.WriteAllBytes(binary, [(byte)'a', 0xC3, 0x28]);

        Assert.Equal("there is no such file.", Problem(Path.Combine(scratch.Path, "none.yaml")));
        Assert.Equal("is a folder; expected a recipe file.", Problem(scratch.Path));
        Assert.Equal("expected at most 1048576 bytes; found 1048577.", Problem(large));
        Assert.Equal("expected UTF-8 text; found other bytes at offset 1.", Problem(binary));

        static string Problem(string path) => Assert.Single(Assert.Throws<RecipeException>(() => RecipeFile.Read(path)).Problems).ToString();
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("quickstart")]
    [InlineData("llama-15m")]
    [InlineData("gpt2-124m")]
    public void The_recipes_of_the_repository_are_sound(string name) =>
        Assert.Equal(name, RecipeFile.Read(Path.Combine(RepositoryFiles.Root, "recipes", name + ".yaml")).Name);
}
