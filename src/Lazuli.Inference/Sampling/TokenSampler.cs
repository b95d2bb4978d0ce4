using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Chooses the next token from logits: temperature first, then the k likeliest, then those not too unlikely beside the likeliest (min-p, Nguyen et al. 2024), then the nucleus (Holtzman et al. 2020) of what is left, then one draw.</summary>
/// <remarks>
/// <para>A pure function of (logits, options, random number). Ties go to the lower id everywhere. Never sorts the vocabulary: k tokens come from a bounded heap;
/// for the nucleus, tokens too unlikely to be in it are dropped in one pass, and the others are parted around pivots until the mass is met (quickselect, Hoare 1961).</para>
/// <para>Scratch is made once; choosing allocates nothing. Not thread-safe.</para>
/// </remarks>
internal sealed class TokenSampler
{
    private const int BlockLength = 1024;

    private readonly float[] _weights;
    private readonly float[] _candidateWeights;
    private readonly int[] _candidates;
    private readonly double[] _blockSums;

    /// <summary>A sampler for the first <paramref name="vocabularySize"/> logits; those after are padding of the model's embedding.</summary>
    public TokenSampler(int vocabularySize)
    {
        _weights = new float[vocabularySize];
        _candidateWeights = new float[vocabularySize];
        _candidates = new int[vocabularySize];
        _blockSums = new double[(vocabularySize + BlockLength - 1) / BlockLength];
    }

    /// <summary>The token that <paramref name="uniform"/> in [0, 1) picks, or −1 when the logits hold NaN or infinity.</summary>
    public int Choose(ReadOnlySpan<float> logits, SamplingOptions options, double uniform)
    {
        logits = logits[.._weights.Length];
        float max = Max(logits);
        if (!float.IsFinite(max))
        {
            return -1;
        }

        if (options.Temperature == 0 || options.TopK == 1)
        {
            return IndexOfFirst(logits, max);
        }

        float inverseTemperature = (float)(1 / options.Temperature);
        if (float.IsInfinity(inverseTemperature))
        {
            return IndexOfFirst(logits, max); // a temperature too small to divide by is 0
        }

        if (options.TopK > 0 && options.TopK < logits.Length)
        {
            int likeliest = KeepLikeliest(logits, options.TopK);
            for (int i = 0; i < likeliest; i++)
            {
                _candidateWeights[i] = MathF.Exp((logits[_candidates[i]] - max) * inverseTemperature);
            }

            int kept = DropBelow((float)options.MinP, likeliest, out double mass);
            return DrawFromNucleus(kept, mass, options.TopP, uniform);
        }

        double total = Exponentiate(logits, max, inverseTemperature);
        if (options.MinP > 0)
        {
            int kept = KeepFrom((float)options.MinP, out double mass);
            return DrawFromNucleus(kept, mass, options.TopP, uniform);
        }

        return options.TopP < 1
            ? DrawFromNucleus(DropImprobable(total, options.TopP), total, options.TopP, uniform)
            : DrawFromAll(total, uniform);
    }

    /// <summary>The largest value; NaN when there is one.</summary>
    private static float Max(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        Vector512<float> lanes = Vector512.Create(float.NegativeInfinity);
        foreach (Vector512<float> vector in vectors)
        {
            lanes = Vector512.Max(lanes, vector); // IEEE 754 maximum: NaN spreads
        }

        float max = float.NegativeInfinity;
        for (int lane = 0; lane < Vector512<float>.Count; lane++)
        {
            max = MathF.Max(max, lanes[lane]);
        }

        for (int i = vectors.Length * Vector512<float>.Count; i < values.Length; i++)
        {
            max = MathF.Max(max, values[i]);
        }

        return max;
    }

    private static int IndexOfFirst(ReadOnlySpan<float> values, float wanted)
    {
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        Vector512<float> pattern = Vector512.Create(wanted);
        for (int v = 0; v < vectors.Length; v++)
        {
            if (Vector512.EqualsAny(vectors[v], pattern))
            {
                int first = v * Vector512<float>.Count;
                return first + values[first..].IndexOf(wanted);
            }
        }

        int rest = vectors.Length * Vector512<float>.Count;
        return rest + values[rest..].IndexOf(wanted);
    }

    /// <summary>Fills the weights <c>exp((logit − max) / T)</c> and the sums of their blocks; answers the sum of all.</summary>
    private double Exponentiate(ReadOnlySpan<float> logits, float max, float inverseTemperature)
    {
        double total = 0;
        for (int block = 0; block < _blockSums.Length; block++)
        {
            int start = block * BlockLength;
            int length = Math.Min(BlockLength, logits.Length - start);
            _blockSums[block] = ExponentiateBlock(logits.Slice(start, length), _weights.AsSpan(start, length), max, inverseTemperature);
            total += _blockSums[block];
        }

        return total;
    }

    private static double ExponentiateBlock(ReadOnlySpan<float> logits, Span<float> weights, float max, float inverseTemperature)
    {
        ReadOnlySpan<Vector512<float>> from = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        Span<Vector512<float>> to = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        Vector512<float> shift = Vector512.Create(max);
        Vector512<float> scale = Vector512.Create(inverseTemperature);
        Vector512<float> lanes = Vector512<float>.Zero;
        for (int v = 0; v < from.Length; v++)
        {
            to[v] = Vector512.Exp((from[v] - shift) * scale);
            lanes += to[v];
        }

        double sum = 0;
        for (int lane = 0; lane < Vector512<float>.Count; lane++)
        {
            sum += lanes[lane];
        }

        for (int i = from.Length * Vector512<float>.Count; i < logits.Length; i++)
        {
            weights[i] = MathF.Exp((logits[i] - max) * inverseTemperature);
            sum += weights[i];
        }

        return sum;
    }

    /// <summary>Draws from all weights in order of id: finds the block, then the token.</summary>
    private int DrawFromAll(double total, double uniform)
    {
        double target = uniform * total;
        int block = 0;
        while (block < _blockSums.Length - 1 && target >= _blockSums[block])
        {
            target -= _blockSums[block++];
        }

        int end = Math.Min((block + 1) * BlockLength, _weights.Length);
        int last = -1;
        for (int id = block * BlockLength; id < end; id++)
        {
            if (_weights[id] > 0)
            {
                last = id;
                if (target < _weights[id])
                {
                    return id;
                }

                target -= _weights[id];
            }
        }

        // Rounding can leave a remainder past the block's last token; an empty last block cannot be drawn but for rounding either.
        return last >= 0 ? last : _weights.AsSpan().LastIndexOfAnyExcept(0f);
    }

    /// <summary>Leaves the <paramref name="count"/> likeliest ids in the candidates: a heap with the least likely on top, replaced whenever a likelier one comes.</summary>
    private int KeepLikeliest(ReadOnlySpan<float> logits, int count)
    {
        for (int id = 0; id < count; id++)
        {
            _candidates[id] = id;
            _candidateWeights[id] = -logits[id];
        }

        // Negated weights turn the heap around; on ties the higher id must leave first.
        for (int i = (count / 2) - 1; i >= 0; i--)
        {
            SiftDown(i, count);
        }

        for (int id = count; id < logits.Length; id++)
        {
            if (-logits[id] < _candidateWeights[0])
            {
                _candidates[0] = id;
                _candidateWeights[0] = -logits[id];
                SiftDown(0, count);
            }
        }

        return count;
    }

    /// <summary>Leaves in the candidates every token whose weight is at least <paramref name="least"/>, the likeliest having 1; answers how many, and their weight.</summary>
    private int KeepFrom(float least, out double mass)
    {
        int count = 0;
        mass = 0;
        for (int id = 0; id < _weights.Length; id++)
        {
            if (_weights[id] >= least)
            {
                _candidates[count] = id;
                _candidateWeights[count++] = _weights[id];
                mass += _weights[id];
            }
        }

        return count;
    }

    /// <summary>Drops candidates whose weight is below <paramref name="least"/>; answers how many are left, and their weight.</summary>
    private int DropBelow(float least, int count, out double mass)
    {
        int kept = 0;
        mass = 0;
        for (int i = 0; i < count; i++)
        {
            if (_candidateWeights[i] >= least)
            {
                _candidates[kept] = _candidates[i];
                _candidateWeights[kept] = _candidateWeights[i];
                mass += _candidateWeights[kept++];
            }
        }

        return kept;
    }

    /// <summary>Leaves in the candidates every token that can be in the nucleus; answers how many.</summary>
    /// <remarks>Tokens below <c>(1−p)·total/V</c> weigh less than <c>(1−p)·total</c> together, so the others alone reach p.</remarks>
    private int DropImprobable(double total, double topP)
    {
        float cutoff = (float)((1 - topP) * total / _weights.Length * 0.999); // a hair lower: the bound must survive rounding
        int count = 0;
        for (int id = 0; id < _weights.Length; id++)
        {
            if (_weights[id] >= cutoff)
            {
                _candidates[count] = id;
                _candidateWeights[count++] = _weights[id];
            }
        }

        return count;
    }

    /// <summary>Draws one of the likeliest candidates that together hold <paramref name="topP"/> of <paramref name="mass"/>.</summary>
    private int DrawFromNucleus(int count, double mass, double topP, double uniform)
    {
        int kept = topP < 1 ? KeepNucleus(count, topP * mass) : count;
        double total = 0;
        for (int i = 0; i < kept; i++)
        {
            total += _candidateWeights[i];
        }

        double target = uniform * total;
        for (int i = 0; i < kept; i++)
        {
            if (target < _candidateWeights[i])
            {
                return _candidates[i];
            }

            target -= _candidateWeights[i];
        }

        return _candidates[0]; // the target was the total but for rounding
    }

    /// <summary>Brings the likeliest candidates whose weights reach <paramref name="wanted"/> to the front; answers how many they are, at least one.</summary>
    /// <remarks>All before <c>low</c> are in, all from <c>high</c> on are out; each round parts what lies between and settles one side of it.</remarks>
    private int KeepNucleus(int count, double wanted)
    {
        int low = 0;
        int high = count;
        double before = 0;
        while (high - low > 1)
        {
            int pivot = Part(low, high, out double likelier);
            if (before + likelier >= wanted)
            {
                high = pivot; // reached without the pivot
            }
            else if (before + likelier + _candidateWeights[pivot] >= wanted)
            {
                return pivot + 1; // reached by the pivot itself
            }
            else
            {
                before += likelier + _candidateWeights[pivot];
                low = pivot + 1;
            }
        }

        return Math.Max(1, high);
    }

    /// <summary>Parts [low, high): likelier than a pivot, the pivot, less likely. Answers the pivot's place and the weight of the likelier.</summary>
    private int Part(int low, int high, out double likelier)
    {
        Swap(MedianOfThree(low, (low + high) / 2, high - 1), high - 1);
        likelier = 0;
        int place = low;
        for (int i = low; i < high - 1; i++)
        {
            if (Precedes(i, high - 1, lowIdFirst: true))
            {
                likelier += _candidateWeights[i];
                Swap(i, place++);
            }
        }

        Swap(place, high - 1);
        return place;
    }

    private int MedianOfThree(int a, int b, int c)
    {
        bool aFirst = Precedes(a, b, lowIdFirst: true);
        (int first, int second) = aFirst ? (a, b) : (b, a);
        return Precedes(c, first, lowIdFirst: true) ? first : Precedes(c, second, lowIdFirst: true) ? c : second;
    }

    private void SiftDown(int parent, int count)
    {
        while (true)
        {
            int child = (2 * parent) + 1;
            if (child >= count)
            {
                return;
            }

            if (child + 1 < count && Precedes(child + 1, child, lowIdFirst: false))
            {
                child++;
            }

            if (!Precedes(child, parent, lowIdFirst: false))
            {
                return;
            }

            Swap(parent, child);
            parent = child;
        }
    }

    private bool Precedes(int a, int b, bool lowIdFirst)
    {
        Debug.Assert(!float.IsNaN(_candidateWeights[a]), "Logits are checked before.");
        if (_candidateWeights[a] != _candidateWeights[b])
        {
            return _candidateWeights[a] > _candidateWeights[b];
        }

        return _candidates[a] < _candidates[b] == lowIdFirst;
    }

    private void Swap(int a, int b)
    {
        (_candidates[a], _candidates[b]) = (_candidates[b], _candidates[a]);
        (_candidateWeights[a], _candidateWeights[b]) = (_candidateWeights[b], _candidateWeights[a]);
    }
}
