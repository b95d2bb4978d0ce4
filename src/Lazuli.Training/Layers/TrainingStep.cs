using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>One optimizer step over a global batch: gradients accumulated over passes of a few rows each, then one update.</summary>
/// <remarks>
/// (1) Count the targets of the whole batch, so that every token weighs the same whatever pass it is in; (2) zero the gradients; (3) for each pass, upload
/// tokens, run forward and backward, add gradients; (4) share gradients inside word families where asked, and update; (5) download losses and norm, the only read of the device. Passes run in order, so the sum of
/// gradients has one order. All buffers exist before the first step; a step allocates nothing.
/// </remarks>
internal sealed class TrainingStep : IDisposable
{
    private readonly IBackend _backend;
    private readonly DeviceArena _arena;
    private readonly Transformer _transformer;
    private readonly Optimizer _optimizer;
    private readonly WordFamilyEmbedding? _families;
    private readonly DeviceBuffer _losses;
    private readonly float[] _hostLosses;
    private readonly float[] _hostNorm = new float[2];

    public TrainingStep(IBackend backend, ParameterTable table, BatchRecipe batch, OptimizerRecipe optimizer, int time, int? documentStart = null, WordFamilies? families = null)
    {
        long rowTokens = (long)batch.Rows * time;
        if (batch.Tokens % rowTokens != 0)
        {
            throw new ArgumentException($"A batch of {batch.Tokens} tokens is not a multiple of {batch.Rows} rows of {time} tokens.", nameof(batch));
        }

        _backend = backend;
        Table = table;
        Buffers = new OptimizerBuffers(backend, table);
        _arena = backend.CreateArena("activations");
        _transformer = new Transformer(backend, _arena, table, Buffers.Parameters, Buffers.Gradients, batch.Rows, time, documentStart);
        _optimizer = new Optimizer(backend, _arena, table, optimizer, Buffers);
        _families = families is null ? null : new WordFamilyEmbedding(backend, _arena, table, families);
        _losses = _arena.Floats(batch.Tokens);
        _hostLosses = new float[checked((int)batch.Tokens)];
        Ids = new int[_hostLosses.Length];
        Targets = new int[_hostLosses.Length];
    }

    public ParameterTable Table { get; }

    /// <summary>Parameters, gradients and moments.</summary>
    public OptimizerBuffers Buffers { get; }

    /// <summary>The network, for evaluation between steps.</summary>
    public Transformer Transformer => _transformer;

    /// <summary>Where the time of the last step went.</summary>
    public StepPhases Phases { get; } = new();

    /// <summary>Token ids of the next step [tokens], rows one after another; filled by the caller.</summary>
    public int[] Ids { get; }

    /// <summary>Targets of the next step [tokens]; −1 where there is no loss.</summary>
    public int[] Targets { get; }

    /// <summary>Bytes of device memory this step holds.</summary>
    public long ActivationBytes => _arena.UsedBytes;

    /// <summary>Values before the first step: parameters drawn from the seed, moments zero.</summary>
    public void Initialize(ulong seed)
    {
        ParameterInitializer.Fill(_backend, Table, Buffers.Parameters, seed);
        _families?.Initialize(Buffers.Parameters, seed);
        _backend.Fill(Buffers.FirstMoment, 0f);
        _backend.Fill(Buffers.SecondMoment, 0f);
    }

    /// <summary>Runs the step on <see cref="Ids"/> and <see cref="Targets"/>.</summary>
    /// <param name="rateShare">Share of the highest learning rates.</param>
    /// <param name="updateNumber">Counts applied updates from 1.</param>
    public StepOutcome Run(double rateShare, long updateNumber)
    {
        Phases.Start();
        long targets = AccumulateGradients();
        _families?.ShareGradients(Buffers.Gradients);
        _optimizer.Update(rateShare, updateNumber);
        _backend.Download(_losses, _hostLosses.AsSpan());
        _backend.Download(_optimizer.Norm, _hostNorm.AsSpan());
        Phases.EndOptimizer();
        double sum = 0;
        foreach (float loss in _hostLosses)
        {
            sum += loss;
        }

        return new StepOutcome(sum, targets, _hostNorm[0]);
    }

    /// <summary>Forward and backward passes of the whole batch from zeroed gradients; returns the number of targets.</summary>
    internal long AccumulateGradients()
    {
        long targets = 0;
        foreach (int target in Targets)
        {
            targets += target >= 0 ? 1 : 0;
        }

        float scale = targets == 0 ? 0f : (float)(1.0 / targets);
        _backend.Fill(Buffers.Gradients, 0f);
        int rows = _transformer.Shape.Rows;
        for (int start = 0; start < Ids.Length; start += rows)
        {
            _transformer.SetTokens(Ids.AsSpan(start, rows), Targets.AsSpan(start, rows));
            _transformer.AccumulateGradients(_losses.Slice(start, rows), scale, Phases);
        }

        return targets;
    }

    /// <summary>Where the losses of the batch are written.</summary>
    internal DeviceBuffer Losses => _losses;

    public void Dispose()
    {
        _arena.Dispose();
        Buffers.Dispose();
    }
}
