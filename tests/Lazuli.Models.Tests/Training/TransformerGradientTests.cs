using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>The whole step's gradients against central differences of an independent forward pass in double precision.</summary>
public sealed class TransformerGradientTests
{
    private const int Batch = 2;
    private const int Time = 7;

    [Theory]
    [InlineData("llama")]
    [InlineData("llama-grouped")]
    [InlineData("llama-untied")]
    [InlineData("gpt2")]
    public void Loss_equals_the_reference(string name)
    {
        using var model = new TinyRun(TinyModels.ByName(name), Batch, Time);

        double loss = model.LossAndGradients();

        double expected = model.ReferenceLoss(model.Parameters());
        Assert.Equal(expected, loss, 2e-6 * Math.Abs(expected)); // a few dozen float roundings
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("llama-grouped")]
    [InlineData("llama-untied")]
    [InlineData("gpt2")]
    public void Gradients_of_every_parameter_equal_central_differences(string name)
    {
        using var model = new TinyRun(TinyModels.ByName(name), Batch, Time);
        model.LossAndGradients();
        float[] gradients = model.Gradients();
        double[] parameters = model.Parameters();
        var differences = new List<string>();

        foreach (ParameterInfo parameter in model.Table.All)
        {
            double scale = Math.Sqrt(Enumerable.Range(0, (int)parameter.Length).Average(i => (double)gradients[parameter.Offset + i] * gradients[parameter.Offset + i]));
            for (int i = 0; i < parameter.Length; i++)
            {
                long at = parameter.Offset + i;
                double expected = CentralDifference(model, parameters, at);

                // Float gradients: 1e-4 of the parameter's own size leaves room for cancellation, none for a wrong term.
                if (Math.Abs(expected - gradients[at]) > 1e-4 * (Math.Abs(expected) + scale))
                {
                    differences.Add($"{parameter.Name}[{i}]: central difference {expected:g6}, step {gradients[at]:g6}");
                }
            }

            Assert.True(scale > 0, $"{parameter.Name} has no gradient at all");
        }

        Assert.Empty(differences);
    }

    [Fact]
    public void Gradients_accumulate_over_passes_to_those_of_one_pass()
    {
        ModelConfig config = TinyModels.Llama();
        using var whole = new TinyRun(config, Batch, Time);
        using var parts = new TinyRun(config, 1, Time, tokens: Batch * Time);

        whole.LossAndGradients();
        parts.LossAndGradients();

        float[] expected = whole.Gradients();
        float[] found = parts.Gradients();
        double size = Math.Sqrt(expected.Sum(g => (double)g * g));
        double difference = Math.Sqrt(expected.Zip(found, (a, b) => (double)(a - b) * (a - b)).Sum());
        Assert.True(difference <= 1e-6 * size, $"relative difference {difference / size:g3}");
    }

    [Fact]
    public void Evaluating_gives_the_losses_of_training_and_leaves_the_gradients_alone()
    {
        using var model = new TinyRun(TinyModels.Gpt2(), Batch, Time);
        double trained = model.LossAndGradients();
        float[] before = model.Gradients();

        double evaluated = model.Evaluate();

        Assert.Equal(trained, evaluated);
        Assert.Equal(before, model.Gradients());
    }

    private static double CentralDifference(TinyRun model, double[] parameters, long at)
    {
        const double Step = 1e-5;
        double original = parameters[at];
        parameters[at] = original + Step;
        double above = model.ReferenceLoss(parameters);
        parameters[at] = original - Step;
        double below = model.ReferenceLoss(parameters);
        parameters[at] = original;
        return (above - below) / (2 * Step);
    }

    /// <summary>A step on a tiny model with values large enough that every term of every gradient matters.</summary>
    private sealed class TinyRun : IDisposable
    {
        private readonly CpuBackend _backend = new(threads: 2);
        private readonly TrainingStep _step;
        private readonly ReferenceTransformer _reference;
        private readonly int _batch;

        public TinyRun(ModelConfig config, int rows, int time, int? tokens = null)
        {
            Table = new ParameterTable(config);
            _reference = new ReferenceTransformer(Table);
            int total = tokens ?? (rows * time);
            _batch = total / time;
            _step = new TrainingStep(_backend, Table, new BatchRecipe { Tokens = total, Rows = rows }, new OptimizerRecipe(), time);
            var random = new Random(12345);
            var values = new float[Table.BufferLength];
            foreach (ParameterInfo parameter in Table.All)
            {
                for (int i = 0; i < parameter.Length; i++)
                {
                    double centre = parameter.Role == ParameterRole.NormGain ? 1 : 0;
                    values[parameter.Offset + i] = (float)(centre + (0.6 * (random.NextDouble() - 0.5)));
                }
            }

            _backend.Upload<float>(values, _step.Buffers.Parameters);
            for (int i = 0; i < total; i++)
            {
                _step.Ids[i] = random.Next(config.VocabularySize);
                _step.Targets[i] = i % 5 == 2 ? -1 : random.Next(config.VocabularySize);
            }
        }

        public ParameterTable Table { get; }

        public double LossAndGradients()
        {
            long targets = _step.AccumulateGradients();
            return MeanLoss(_step.Losses, targets);
        }

        public double Evaluate()
        {
            _step.Transformer.SetTokens(_step.Ids, _step.Targets);
            _step.Transformer.Evaluate(_step.Losses);
            return MeanLoss(_step.Losses, _step.Targets.Count(t => t >= 0));
        }

        public float[] Gradients()
        {
            var gradients = new float[Table.BufferLength];
            _backend.Download(_step.Buffers.Gradients, gradients.AsSpan());
            return gradients;
        }

        public double[] Parameters()
        {
            var parameters = new float[Table.BufferLength];
            _backend.Download(_step.Buffers.Parameters, parameters.AsSpan());
            return [.. parameters.Select(v => (double)v)];
        }

        public double ReferenceLoss(double[] parameters) => _reference.Loss(parameters, _step.Ids, _step.Targets, _batch, Time);

        public void Dispose()
        {
            _step.Dispose();
            _backend.Dispose();
        }

        private double MeanLoss(DeviceBuffer losses, long targets)
        {
            var host = new float[losses.Length];
            _backend.Download(losses, host.AsSpan());
            return host.Sum(v => (double)v) / targets;
        }
    }
}
