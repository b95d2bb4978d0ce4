using System.Text.Json;
using Lazuli.Cli;
using Lazuli.Compute;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.EndToEnd.Tests;

public sealed class ComputePlanTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    public static TheoryData<ModelFamily, int, int, int, int, bool> Shapes()
    {
        var shapes = new TheoryData<ModelFamily, int, int, int, int, bool>();
        foreach (int layers in new[] { 1, 2, 7 })
        {
            foreach ((int heads, int keyValueHeads) in new[] { (1, 1), (4, 4), (4, 2), (6, 1) })
            {
                shapes.Add(ModelFamily.Llama, layers, heads, keyValueHeads, 64, true);
                shapes.Add(ModelFamily.Llama, layers, heads, keyValueHeads, 32, false);
            }

            shapes.Add(ModelFamily.Gpt2, layers, 3, 3, 64, true);
            shapes.Add(ModelFamily.Gpt2, layers, 12, 12, 16, true);
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_planners_closed_forms_are_what_models_and_training_count(ModelFamily family, int layers, int heads, int keyValueHeads, int headSize, bool tied)
    {
        var config = new ModelConfig
        {
            Family = family,
            Layers = layers,
            Width = family == ModelFamily.Gpt2 ? heads * headSize : 96,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            FeedForwardWidth = 200,
            VocabularySize = 777,
            ContextLength = 80,
            TiedHead = tied,
        };
        foreach (int time in new[] { 16, 80 })
        {
            ModelShape shape = PlannedWork.ShapeOf(config, time);
            Assert.Equal(TrainingFlop.MatrixWeights(config), shape.MatrixWeights);
            Assert.Equal(TrainingFlop.PerToken(config, time), shape.FlopPerToken);
        }

        Assert.Equal(new ParameterTable(config).ParameterCount, PlannedWork.ShapeOf(config, config.ContextLength).ParameterCount);
    }

    [Fact]
    public void Every_small_shape_of_the_ladder_is_a_model_that_can_be_built()
    {
        foreach (ModelShape shape in ShapeLadder.Shapes().Where(s => s.ParameterCount < 1e9))
        {
            var config = new ModelConfig
            {
                Family = ModelFamily.Llama,
                Layers = shape.Layers,
                Width = shape.Width,
                Heads = shape.Heads,
                KeyValueHeads = shape.KeyValueHeads,
                HeadSize = shape.HeadSize,
                FeedForwardWidth = shape.FeedForwardWidth,
                VocabularySize = shape.VocabularySize,
                ContextLength = shape.ContextLength,
            };
            Assert.Equal(new ParameterTable(config).ParameterCount, shape.ParameterCount);
            Assert.Equal(TrainingFlop.PerToken(config, shape.ContextLength), shape.FlopPerToken);
        }
    }

    [Theory]
    [InlineData(1e13, 1)]
    [InlineData(1e16, 1)]
    [InlineData(1e18, 48)]
    [InlineData(1e22, 1000)]
    public void What_write_writes_is_a_recipe_of_the_plan(double flop, int nodes)
    {
        HardwareCatalog catalog = HardwareCatalog.Read("/no/such/folder");
        var planned = Assert.IsType<PlanResult.Planned>(Planner.Plan(new PlanRequest
        {
            Budget = new ComputeBudget(flop), Nodes = nodes, Hardware = catalog.Find("h200-sxm")!, Network = catalog.FindNetwork("infiniband-400g")!, Forecast = LossForecast.Published(),
        }));
        TrainingPlan plan = planned.Plan;
        Recipe recipe = RecipeFile.Parse(PlanRecipe.Write(plan, PlanRecipe.NameOf(plan), ["a \"quoted\" text", "b\\c"]), "plan");
        ModelConfig model = recipe.Model.ToConfig(recipe.Tokenizer.VocabularySize);
        Assert.Equal(plan.Shape, PlannedWork.ShapeOf(model, model.ContextLength));
        Assert.Equal((plan.BatchTokens, plan.RowsPerPass, plan.Steps), (recipe.Batch.Tokens, recipe.Batch.Rows, recipe.Duration.Steps!.Value));
        Assert.Equal(["a \"quoted\" text", "b\\c"], recipe.Data.Corpus);
        Assert.InRange(recipe.Optimizer.LearningRate / plan.LearningRate, 0.999, 1.001);
    }

    [Fact]
    public async Task A_tiny_budget_is_planned_written_and_trained_to_the_end()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string texts = Directory.CreateDirectory(Path.Combine(_lazuli.Home, "texts")).FullName;
        for (int i = 0; i < 30; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(texts, $"{i}.txt"), string.Join('\n', Enumerable.Range(0, 80).Select(n => $"Line {n} of text {i} is like line {n * i}, said {(char)('A' + (n % 26))}.")), cancel);
        }

        await RunAsync("bench", "limits");
        string written = Path.Combine(_lazuli.Home, "plans", "recipe.yaml");
        JsonElement plan = await JsonAsync("compute", "plan", "--budget", "2e11 FLOP", "--write", written, "--corpus", texts, "--json");
        JsonElement planned = plan.GetProperty("plans")[0];
        await RunAsync("train", written, "--name", "planned");

        JsonElement run = (await JsonAsync("run", "list", "--json"))[0];
        JsonElement facts = run.GetProperty("facts");
        Assert.Equal("finished", run.GetProperty("status").GetString());
        Assert.Equal(planned.GetProperty("steps").GetInt64(), facts.GetProperty("steps").GetInt64());
        Assert.Equal(planned.GetProperty("tokens").GetInt64(), facts.GetProperty("tokens").GetInt64());
        Assert.InRange(facts.GetProperty("flop").GetDouble() / planned.GetProperty("flop").GetDouble(), 0.995, 1); // a plan counts the head for each token; the last of a text has no target
        Assert.True(facts.GetProperty("flop").GetDouble() <= 2e11 * 1.0001);

        // The next plan compares its step time with this run's.
        JsonElement next = await JsonAsync("compute", "plan", "--hours", "1", "--json");
        JsonElement compared = next.GetProperty("steps")[0];
        Assert.Equal(run.GetProperty("id").GetString(), compared.GetProperty("name").GetString());
        Assert.True(compared.GetProperty("measuredSeconds").GetDouble() > 0);

        LazuliProgram.Finished again = await _lazuli.RunAsync("compute", "plan", "--budget", "2e11 FLOP", "--write", written);
        Assert.Equal(3, again.ExitCode);
        Assert.Contains("there already", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_limits_writes_this_machines_profile_and_a_damaged_one_is_refused_by_name()
    {
        await RunAsync("bench", "limits");
        string profile = Assert.Single(Directory.EnumerateFiles(Path.Combine(_lazuli.Home, "hardware")));
        JsonElement listed = await JsonAsync("compute", "hardware", "list", "--json");
        Assert.Equal("measured here", listed.GetProperty("profiles")[0].GetProperty("status").GetString());
        await File.WriteAllTextAsync(profile, (await File.ReadAllTextAsync(profile, TestContext.Current.CancellationToken)).Replace("\"memoryBytes\"", "\"memroyBytes\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        LazuliProgram.Finished refused = await _lazuli.RunAsync("compute", "plan", "--hours", "1");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("memroyBytes", refused.Errors, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileNameWithoutExtension(profile), refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_figure_of_a_plan_is_defined()
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync("compute", "plan", "--budget", "0.02 pfs-days", "--hardware", "h100-sxm,a100-80gb-sxm", "--nodes", "16", "--scale");
        Assert.True(finished.ExitCode == 0, finished.Errors);
        foreach (string part in new[] { "parameters", "tokens", "batch", "learning rate", "expected loss", "95 % interval", "energy", "cost", "alternatives at equal FLOP", "10,000", "assumptions of the simulation", "definitions", "published law", "not measured here" })
        {
            Assert.Contains(part, finished.Output, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _lazuli.Dispose();

    private async Task<LazuliProgram.Finished> RunAsync(params string[] words)
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.True(finished.ExitCode == 0, finished.Errors);
        return finished;
    }

    private async Task<JsonElement> JsonAsync(params string[] words) => JsonDocument.Parse((await RunAsync(words)).Output).RootElement;
}
