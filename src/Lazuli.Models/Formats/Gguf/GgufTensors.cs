using System.Globalization;

namespace Lazuli.Models;

/// <summary>Which tensors of a GGUF file hold our parameters, in order of our parameters. A tied head has no tensor.</summary>
internal static class GgufTensors
{
    /// <summary>All tensors of a model.</summary>
    public static IReadOnlyList<GgufTensor> Of(ParameterTable table, GgufEncoding encoding)
    {
        var tensors = new List<GgufTensor>();
        Add("token_embd.weight", table.TokenEmbedding);
        if (table.PositionEmbedding is ParameterInfo positions)
        {
            Add("position_embd.weight", positions);
        }

        for (int i = 0; i < table.Blocks.Count; i++)
        {
            AddBlock(string.Create(CultureInfo.InvariantCulture, $"blk.{i}."), table.Blocks[i]);
        }

        Add("output_norm.weight", table.FinalNorm);
        AddBias("output_norm.bias", table.FinalNormBias);
        if (!table.Config.TiedHead)
        {
            Add("output.weight", table.Head);
        }

        return tensors;

        void AddBlock(string prefix, BlockParameters block)
        {
            Add(prefix + "attn_norm.weight", block.AttentionNorm);
            AddBias(prefix + "attn_norm.bias", block.AttentionNormBias);
            if (table.Config.Family == ModelFamily.Gpt2)
            {
                Add(prefix + "attn_qkv.weight", block.Qkv);
            }
            else
            {
                AddPart(prefix + "attn_q.weight", block.Qkv, 0, table.Config.Heads);
                AddPart(prefix + "attn_k.weight", block.Qkv, 1, table.Config.KeyValueHeads);
                AddPart(prefix + "attn_v.weight", block.Qkv, 2, 0);
            }

            AddBias(prefix + "attn_qkv.bias", block.QkvBias);
            Add(prefix + "attn_output.weight", block.AttentionOut);
            AddBias(prefix + "attn_output.bias", block.AttentionOutBias);
            Add(prefix + "ffn_norm.weight", block.FeedForwardNorm);
            AddBias(prefix + "ffn_norm.bias", block.FeedForwardNormBias);
            if (table.Config.Family == ModelFamily.Gpt2)
            {
                Add(prefix + "ffn_up.weight", block.FeedForwardIn);
            }
            else
            {
                AddPart(prefix + "ffn_gate.weight", block.FeedForwardIn, 0, 0);
                AddPart(prefix + "ffn_up.weight", block.FeedForwardIn, 1, 0);
            }

            AddBias(prefix + "ffn_up.bias", block.FeedForwardInBias);
            Add(prefix + "ffn_down.weight", block.FeedForwardOut);
            AddBias(prefix + "ffn_down.bias", block.FeedForwardOutBias);
        }

        void Add(string name, ParameterInfo parameter) => tensors.Add(new GgufTensor(name, parameter, 0, parameter.Rows, TypeOf(parameter, encoding), 0));

        void AddBias(string name, ParameterInfo? parameter)
        {
            if (parameter is not null)
            {
                Add(name, parameter);
            }
        }

        void AddPart(string name, ParameterInfo parameter, int part, int interleavedHeads) => tensors.Add(new GgufTensor(
            name, parameter, parameter.PartRows.Take(part).Sum(), parameter.PartRows[part], TypeOf(parameter, encoding), interleavedHeads));
    }

    /// <summary>Readers add vectors and positions to F32 activations, so those stay F32 in every file.</summary>
    private static GgufTensorType TypeOf(ParameterInfo parameter, GgufEncoding encoding)
    {
        if (!parameter.IsMatrix || parameter.Role == ParameterRole.PositionEmbedding)
        {
            return GgufTensorType.F32;
        }

        return encoding switch
        {
            GgufEncoding.F32 => GgufTensorType.F32,
            GgufEncoding.Q8_0 when parameter.Columns % Q8Block.Values == 0 => GgufTensorType.Q8_0,
            _ => GgufTensorType.F16,
        };
    }
}
