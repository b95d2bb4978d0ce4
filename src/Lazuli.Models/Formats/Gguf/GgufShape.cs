using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>Reads the shape of a network from the keys and tensors of a GGUF file; what is not implemented is refused by name, never ignored.</summary>
internal sealed class GgufShape
{
    /// <summary>The tensor of rotary divisors.</summary>
    public const string RopeFactors = "rope_freqs.weight";

    // Far above any model, low enough that no product of shapes overflows.
    private const int MaxLayers = 4_096;
    private const int MaxWidth = 1 << 20;
    private const int MaxRows = 1 << 24;
    private const int MaxHeads = 1 << 14;
    private const int MaxContext = 1 << 30;

    private readonly string _path;
    private readonly GgufValues _values;
    private readonly IReadOnlyDictionary<string, MappedTensor> _tensors;
    private readonly string _architecture;

    private GgufShape(string path, GgufValues values, IReadOnlyDictionary<string, MappedTensor> tensors)
    {
        _path = path;
        _values = values;
        _tensors = tensors;
        const string Known = "\"llama\", \"qwen2\", \"qwen3\" or \"gpt2\" (nothing else is implemented)";
        _architecture = values.Text("general.architecture") ?? throw values.Missing("general.architecture", Known);
        if (_architecture is not ("llama" or "qwen2" or "qwen3" or "gpt2"))
        {
            throw values.Bad("general.architecture", Known, $"\"{_architecture}\"");
        }
    }

    /// <summary>Reads the shape and which order the rows of queries and keys have: neighbouring rotary pairs in architecture <c>llama</c>, halves apart in the others.</summary>
    /// <exception cref="GgufFormatException">A key or tensor is missing, wrong, or of something that is not implemented.</exception>
    public static (ModelConfig Config, bool InterleavedRotary) Read(string path, GgufValues values, IReadOnlyDictionary<string, MappedTensor> tensors)
    {
        var shape = new GgufShape(path, values, tensors);
        if (values.Text("general.type") is string type && type != "model")
        {
            throw values.Bad("general.type", "\"model\"", $"\"{type}\"");
        }

        if ((values.Number("split.count", 0, int.MaxValue) ?? 0) > 1)
        {
            throw values.Bad("split.count", "a model in one file ('lazuli model import' joins the parts, given the first)", "one of several parts");
        }

        ModelConfig config = shape._architecture == "gpt2" ? shape.Gpt2() : shape.Llama();
        IReadOnlyList<string> errors = config.FindErrors();
        return errors.Count == 0
            ? (config, shape._architecture == "llama")
            : throw new GgufFormatException(path, "shape", "one that can be built", string.Join(" ", errors).TrimEnd('.'));
    }

    /// <summary>Whether a tensor that is no parameter is known to be needless or is read otherwise.</summary>
    public static bool IsDispensable(string name, ModelConfig config) =>
        config.Family == ModelFamily.Gpt2
            ? name == "output.weight" // converters store the tied head twice
            : name == RopeFactors;

    private ModelConfig Llama()
    {
        int width = Count("embedding_length", MaxWidth);
        int heads = Count("attention.head_count", MaxHeads);
        int? keyLength = _values.Number(Key("attention.key_length"), 1, MaxHeads);
        if (keyLength is null && width % heads != 0)
        {
            throw _values.Bad(Key("attention.head_count"), $"a divisor of embedding_length ({width}) where attention.key_length is not given", $"{heads}");
        }

        int headSize = keyLength ?? width / heads;
        Require("attention.value_length", headSize);
        Require("rope.dimension_count", headSize);
        Refuse("expert_count", 0, "a model without experts");
        int context = Count("context_length", MaxContext);
        if ((_values.Number(Key("attention.sliding_window"), 0, int.MaxValue) ?? 0) is > 0 and int window && window < context)
        {
            throw _values.Bad(Key("attention.sliding_window"), $"no window, or one as long as the context ({context}) (nothing else is implemented)", $"{window}");
        }

        double ropeBase = _values.Real(Key("rope.freq_base")) ?? 10_000;
        return new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = Rows("token_embd.weight"),
            ContextLength = context,
            Layers = Count("block_count", MaxLayers),
            Width = width,
            Heads = heads,
            KeyValueHeads = _values.Number(Key("attention.head_count_kv"), 1, MaxHeads) ?? heads,
            HeadSize = headSize,
            FeedForwardWidth = Count("feed_forward_length", MaxRows),
            NormEpsilon = (float)Positive("attention.layer_norm_rms_epsilon"),
            RopeBase = ropeBase > 0 ? ropeBase : throw _values.Bad(Key("rope.freq_base"), "a number above 0", ropeBase.ToString(CultureInfo.InvariantCulture)),
            RopeScaling = Scaling(headSize, ropeBase),
            QkvBias = _tensors.ContainsKey("blk.0.attn_q.bias"),
            QueryKeyNorm = _tensors.ContainsKey("blk.0.attn_q_norm.weight"),
            TiedHead = !_tensors.ContainsKey("output.weight"),
        };
    }

    private ModelConfig Gpt2()
    {
        int width = Count("embedding_length", MaxWidth);
        int heads = Count("attention.head_count", MaxHeads);
        Refuse("attention.head_count_kv", heads, "as many as attention.head_count");
        return new ModelConfig
        {
            Family = ModelFamily.Gpt2,
            VocabularySize = Rows("token_embd.weight"),
            ContextLength = Count("context_length", MaxRows),
            Layers = Count("block_count", MaxLayers),
            Width = width,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = Math.Max(1, width / heads),
            FeedForwardWidth = Count("feed_forward_length", MaxRows),
            NormEpsilon = (float)Positive("attention.layer_norm_epsilon"),
        };
    }

    private RopeScaling? Scaling(int headSize, double ropeBase)
    {
        string key = Key("rope.scaling.type");
        string? type = _values.Text(key);
        if (type is not (null or "none" or "linear"))
        {
            throw _values.Bad(key, "none, linear, or factors in rope_freqs.weight (nothing else is implemented)", $"\"{type}\"");
        }

        double factor = _values.Real(Key("rope.scaling.factor")) ?? _values.Real(Key("rope.scale_linear")) ?? 1;
        bool linear = type != "none" && factor != 1;
        if (!_tensors.TryGetValue(RopeFactors, out MappedTensor? factors))
        {
            return linear ? new LinearRopeScaling(factor) : null;
        }

        if (linear || factors.Rows != 1 || factors.Format != WeightFormat.F32 || factors.Columns != headSize / 2)
        {
            throw new GgufFormatException(_path, $"tensor '{RopeFactors}'", $"{headSize / 2} F32 factors, and no other scaling beside them", $"{factors.Rows} × {factors.Columns} in {factors.Format}{(linear ? $", and {key}" : "")}");
        }

        ReadOnlySpan<float> divisors = Divisors(factors);
        return AsLlama3(divisors, headSize, ropeBase) ?? (RopeScaling)new TabledRopeScaling(divisors);
    }

    private static unsafe ReadOnlySpan<float> Divisors(MappedTensor tensor) => new((void*)tensor.Address, tensor.Columns);

    /// <summary>The published Llama 3 scalings (8 and 32 times 8,192) named again, so that an export can write their numbers.</summary>
    private static Llama3RopeScaling? AsLlama3(ReadOnlySpan<float> divisors, int headSize, double ropeBase)
    {
        var scaling = new Llama3RopeScaling(divisors[^1], 1, 4, 8_192);
        for (int j = 0; j < divisors.Length; j++)
        {
            if (!(Math.Abs(divisors[j] - scaling.Divisor(j, headSize, ropeBase)) <= 1e-5 * divisors[j]))
            {
                return null;
            }
        }

        return divisors[^1] > 1 ? scaling : null;
    }

    private string Key(string name) => _architecture + "." + name;

    private int Count(string name, int maximum) =>
        _values.Number(Key(name), 1, maximum) ?? throw _values.Missing(Key(name), string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {maximum}"));

    private double Positive(string name)
    {
        double value = _values.Real(Key(name)) ?? throw _values.Missing(Key(name), "a number above 0");
        return value > 0 ? value : throw _values.Bad(Key(name), "a number above 0", value.ToString(CultureInfo.InvariantCulture));
    }

    private void Require(string name, int wanted)
    {
        if (_values.Number(Key(name), 0, int.MaxValue) is int found && found != wanted)
        {
            throw _values.Bad(Key(name), $"{wanted}, the size of a key's head (nothing else is implemented)", $"{found}");
        }
    }

    private void Refuse(string name, int wanted, string expected)
    {
        if (_values.Number(Key(name), 0, int.MaxValue) is int found && found != wanted)
        {
            throw _values.Bad(Key(name), expected + " (nothing else is implemented)", $"{found}");
        }
    }

    private int Rows(string name)
    {
        if (!_tensors.TryGetValue(name, out MappedTensor? tensor))
        {
            throw new GgufFormatException(_path, $"tensor '{name}'", "the token embedding", "no such tensor");
        }

        return tensor.Rows <= MaxRows ? tensor.Rows : throw new GgufFormatException(_path, $"tensor '{name}'", $"at most {MaxRows} rows", $"{tensor.Rows}");
    }
}
