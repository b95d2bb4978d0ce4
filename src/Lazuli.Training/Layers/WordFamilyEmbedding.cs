using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Token embeddings that know which tokens are one word: they begin alike, and what one of a family learns all of it learn.</summary>
/// <remarks>
/// <para>Beginning: <c>E[t] = σ·(w₁·family + w₂·stem + w₃·opening + w₃·casing + w₄·own)</c>, every part N(0, 1), the squares of the weights adding to 1; so a map that
/// turns <c>Size</c> into <c> size</c> turns every capital word into its small form, and copying a word needs no example of that word.</para>
/// <para>Gradient: each member's becomes the family's sum, <c>g[t] ← Σ_{u in family(t)} g[u]</c>, which is what a shared vector plus a fixed offset would learn.
/// Sums run over ids ascending.</para>
/// <para>Measured in docs/lab/LOG.md: in the quickstart's minutes, more than the optimizer's choice. No published source is known to us.</para>
/// </remarks>
internal sealed class WordFamilyEmbedding
{
    private const double StandardDeviation = 0.05;
    private const double FamilyWeight = 0.56;
    private const double StemWeight = 0.56;
    private const double FormWeight = 0.35;
    private const int StreamBase = 1 << 20; // beyond the numbers of parameters, which initial values take as streams

    private readonly IBackend _backend;
    private readonly ParameterInfo _parameter;
    private readonly DeviceBuffer _family;
    private readonly DeviceBuffer _sums;
    private readonly WordFamilies _families;

    public WordFamilyEmbedding(IBackend backend, DeviceArena arena, ParameterTable table, WordFamilies families)
    {
        _backend = backend;
        _families = families;
        _parameter = table.TokenEmbedding;
        if (families.Family.Length > _parameter.Rows)
        {
            throw new ArgumentException($"There are families of {families.Family.Length} tokens, but {_parameter.Rows} embeddings.", nameof(families));
        }

        _family = arena.Integers(families.Family.Length);
        _sums = arena.Floats((long)families.Count * _parameter.Columns);
        backend.Upload(families.Family, _family);
    }

    /// <summary>Values before the first step.</summary>
    public void Initialize(DeviceBuffer parameters, ulong seed)
    {
        using DeviceArena arena = _backend.CreateArena("word families");
        DeviceBuffer embedding = Rows(parameters);
        double own = Math.Sqrt(1 - (FamilyWeight * FamilyWeight) - (StemWeight * StemWeight) - (2 * FormWeight * FormWeight));
        _backend.FillNormal(embedding, (float)(StandardDeviation * own), seed, StreamBase);
        Add(_families.Family, _families.Count, FamilyWeight, 1);
        Add(_families.Stem, _families.StemCount, StemWeight, 2);
        Add(_families.Opening, _families.OpeningCount, FormWeight, 3);
        Add(_families.Casing, _families.CasingCount, FormWeight, 4);

        void Add(ReadOnlySpan<int> numbers, int count, double weight, int stream)
        {
            DeviceBuffer ids = arena.Integers(numbers.Length);
            DeviceBuffer vectors = arena.Floats((long)count * _parameter.Columns);
            _backend.Upload(numbers, ids);
            _backend.FillNormal(vectors, (float)(StandardDeviation * weight), seed, (ulong)(StreamBase + stream));
            _backend.EmbeddingGather(_parameter.Columns, ids, vectors, embedding, accumulate: true);
        }
    }

    /// <summary>Gives every member of a family the family's gradient.</summary>
    public void ShareGradients(DeviceBuffer gradients)
    {
        DeviceBuffer rows = Rows(gradients);
        _backend.Fill(_sums, 0f);
        _backend.EmbeddingScatterAdd(_parameter.Columns, _family, rows, _sums);
        _backend.EmbeddingGather(_parameter.Columns, _family, _sums, rows);
    }

    private DeviceBuffer Rows(DeviceBuffer buffer) => buffer.Slice(_parameter.Offset, (long)_families.Family.Length * _parameter.Columns);
}
