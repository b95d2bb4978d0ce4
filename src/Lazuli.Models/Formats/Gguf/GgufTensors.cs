using System.Globalization;

namespace Lazuli.Models;

/// <summary>Which tensors of a GGUF file hold our parameters, in order of our parameters. A tied head has no tensor.</summary>
internal static class GgufTensors
{
    /// <summary>All tensors of a model.</summary>
    /// <param name="table">The model's parameters.</param>
    /// <param name="interleavedRotary">Whether rows of queries and keys lie as neighbouring rotary pairs.</param>
    public static IReadOnlyList<GgufTensor> Of(ParameterTable table, bool interleavedRotary)
    {
        var tensors = new List<GgufTensor>();
        Add("token_embd.weight", table.TokenEmbedding);
        Add("position_embd.weight", table.PositionEmbedding);
        for (int i = 0; i < table.Blocks.Count; i++)
        {
            AddBlock(string.Create(CultureInfo.InvariantCulture, $"blk.{i}."), table.Blocks[i]);
        }

        Add("output_norm.weight", table.FinalNorm);
        Add("output_norm.bias", table.FinalNormBias);
        if (!table.Config.TiedHead)
        {
            Add("output.weight", table.Head);
        }

        return tensors;

        void AddBlock(string prefix, BlockParameters block)
        {
            bool gpt2 = table.Config.Family == ModelFamily.Gpt2;
            Add(prefix + "attn_norm.weight", block.AttentionNorm);
            Add(prefix + "attn_norm.bias", block.AttentionNormBias);
            if (gpt2)
            {
                Add(prefix + "attn_qkv.weight", block.Qkv);
                Add(prefix + "attn_qkv.bias", block.QkvBias);
            }
            else
            {
                AddQkv(prefix, ".weight", block.Qkv, block.Qkv);
                AddQkv(prefix, ".bias", block.Qkv, block.QkvBias);
            }

            Add(prefix + "attn_q_norm.weight", block.QueryNorm, interleavedRotary ? 1 : 0);
            Add(prefix + "attn_k_norm.weight", block.KeyNorm, interleavedRotary ? 1 : 0);
            Add(prefix + "attn_output.weight", block.AttentionOut);
            Add(prefix + "attn_output.bias", block.AttentionOutBias);
            Add(prefix + "ffn_norm.weight", block.FeedForwardNorm);
            Add(prefix + "ffn_norm.bias", block.FeedForwardNormBias);
            if (gpt2)
            {
                Add(prefix + "ffn_up.weight", block.FeedForwardIn);
            }
            else
            {
                AddPart(prefix + "ffn_gate.weight", block.FeedForwardIn, block.FeedForwardIn, 0, 0);
                AddPart(prefix + "ffn_up.weight", block.FeedForwardIn, block.FeedForwardIn, 1, 0);
            }

            Add(prefix + "ffn_up.bias", block.FeedForwardInBias);
            Add(prefix + "ffn_down.weight", block.FeedForwardOut);
            Add(prefix + "ffn_down.bias", block.FeedForwardOutBias);
        }

        void AddQkv(string prefix, string suffix, ParameterInfo stacked, ParameterInfo? parameter)
        {
            if (parameter is not null)
            {
                AddPart(prefix + "attn_q" + suffix, stacked, parameter, 0, interleavedRotary ? table.Config.Heads : 0);
                AddPart(prefix + "attn_k" + suffix, stacked, parameter, 1, interleavedRotary ? table.Config.KeyValueHeads : 0);
                AddPart(prefix + "attn_v" + suffix, stacked, parameter, 2, 0);
            }
        }

        void Add(string name, ParameterInfo? parameter, int interleavedHeads = 0)
        {
            if (parameter is not null)
            {
                bool byElement = interleavedHeads > 0;
                tensors.Add(new GgufTensor(name, parameter, 0, byElement ? parameter.Columns : parameter.Rows, byElement ? 1 : parameter.Columns, interleavedHeads));
            }
        }

        // A bias is stacked as its matrix is.
        void AddPart(string name, ParameterInfo stacked, ParameterInfo parameter, int part, int interleavedHeads) => tensors.Add(new GgufTensor(
            name, parameter, stacked.PartRows.Take(part).Sum(), stacked.PartRows[part], parameter.IsMatrix ? parameter.Columns : 1, interleavedHeads));
    }
}
