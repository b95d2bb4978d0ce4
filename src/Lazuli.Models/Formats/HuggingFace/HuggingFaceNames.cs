using System.Globalization;

namespace Lazuli.Models;

/// <summary>Which tensors of a Hugging Face folder hold our parameters. A tied head has no tensor.</summary>
internal static class HuggingFaceNames
{
    /// <summary>The prefix of GPT-2's names when its language model is saved whole; the published files lack it.</summary>
    public const string Gpt2Prefix = "transformer.";

    /// <summary>All tensors, in order of our parameters.</summary>
    public static IEnumerable<HuggingFaceTensor> Of(ParameterTable table, string gpt2Prefix = Gpt2Prefix) =>
        table.Config.Family == ModelFamily.Gpt2 ? Gpt2(table, gpt2Prefix) : Llama(table);

    /// <summary>Whether a tensor that <see cref="Of"/> does not name holds nothing to read: masks and frequencies that old writers stored, or the copy of a tied head.</summary>
    public static bool IsDispensable(string name, ModelConfig config) =>
        (config.TiedHead && name == "lm_head.weight") ||
        (config.Family == ModelFamily.Gpt2
            ? name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal)
            : name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal));

    private static IEnumerable<HuggingFaceTensor> Llama(ParameterTable table)
    {
        yield return Whole("model.embed_tokens.weight", table.TokenEmbedding);
        for (int i = 0; i < table.Blocks.Count; i++)
        {
            BlockParameters block = table.Blocks[i];
            string prefix = string.Create(CultureInfo.InvariantCulture, $"model.layers.{i}.");
            yield return Whole(prefix + "input_layernorm.weight", block.AttentionNorm);
            foreach (HuggingFaceTensor part in Parts(block.Qkv, block.Qkv, prefix + "self_attn.q_proj.weight", prefix + "self_attn.k_proj.weight", prefix + "self_attn.v_proj.weight"))
            {
                yield return part;
            }

            foreach (HuggingFaceTensor part in Parts(block.Qkv, block.QkvBias, prefix + "self_attn.q_proj.bias", prefix + "self_attn.k_proj.bias", prefix + "self_attn.v_proj.bias"))
            {
                yield return part;
            }

            if (block is { QueryNorm: { } queryNorm, KeyNorm: { } keyNorm })
            {
                yield return Whole(prefix + "self_attn.q_norm.weight", queryNorm);
                yield return Whole(prefix + "self_attn.k_norm.weight", keyNorm);
            }

            yield return Whole(prefix + "self_attn.o_proj.weight", block.AttentionOut);
            yield return Whole(prefix + "post_attention_layernorm.weight", block.FeedForwardNorm);
            foreach (HuggingFaceTensor part in Parts(block.FeedForwardIn, block.FeedForwardIn, prefix + "mlp.gate_proj.weight", prefix + "mlp.up_proj.weight"))
            {
                yield return part;
            }

            yield return Whole(prefix + "mlp.down_proj.weight", block.FeedForwardOut);
        }

        yield return Whole("model.norm.weight", table.FinalNorm);
        if (!table.Config.TiedHead)
        {
            yield return Whole("lm_head.weight", table.Head);
        }
    }

    private static IEnumerable<HuggingFaceTensor> Gpt2(ParameterTable table, string start)
    {
        yield return Whole(start + "wte.weight", table.TokenEmbedding);
        yield return Whole(start + "wpe.weight", table.PositionEmbedding!);
        for (int i = 0; i < table.Blocks.Count; i++)
        {
            BlockParameters block = table.Blocks[i];
            string prefix = string.Create(CultureInfo.InvariantCulture, $"{start}h.{i}.");
            yield return Whole(prefix + "ln_1.weight", block.AttentionNorm);
            yield return Whole(prefix + "ln_1.bias", block.AttentionNormBias!);
            yield return Transposed(prefix + "attn.c_attn.weight", block.Qkv);
            yield return Whole(prefix + "attn.c_attn.bias", block.QkvBias!);
            yield return Transposed(prefix + "attn.c_proj.weight", block.AttentionOut);
            yield return Whole(prefix + "attn.c_proj.bias", block.AttentionOutBias!);
            yield return Whole(prefix + "ln_2.weight", block.FeedForwardNorm);
            yield return Whole(prefix + "ln_2.bias", block.FeedForwardNormBias!);
            yield return Transposed(prefix + "mlp.c_fc.weight", block.FeedForwardIn);
            yield return Whole(prefix + "mlp.c_fc.bias", block.FeedForwardInBias!);
            yield return Transposed(prefix + "mlp.c_proj.weight", block.FeedForwardOut);
            yield return Whole(prefix + "mlp.c_proj.bias", block.FeedForwardOutBias!);
        }

        yield return Whole(start + "ln_f.weight", table.FinalNorm);
        yield return Whole(start + "ln_f.bias", table.FinalNormBias!);
    }

    private static HuggingFaceTensor Whole(string name, ParameterInfo parameter) =>
        new(name, parameter, 0, parameter.IsMatrix ? parameter.Rows : parameter.Columns, false);

    private static HuggingFaceTensor Transposed(string name, ParameterInfo parameter) => new(name, parameter, 0, parameter.Rows, true);

    /// <summary>The parts of a parameter; a bias is stacked as its matrix is.</summary>
    private static IEnumerable<HuggingFaceTensor> Parts(ParameterInfo stacked, ParameterInfo? parameter, params string[] names)
    {
        int row = 0;
        for (int i = 0; parameter is not null && i < names.Length; i++)
        {
            yield return new HuggingFaceTensor(names[i], parameter, row, stacked.PartRows[i], false);
            row += stacked.PartRows[i];
        }
    }
}
