using System.Text;
using CsCheck;
using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

/// <summary>Where a continuation begins, in tokens.</summary>
public class ScoredTextsTests
{
    private static readonly PromptEncoder s_encoder = new(ModelText.Of(SampleModel.Tokenizer, [], beginId: null), SampleModel.Tokenizer.VocabularySize);

    // Letters that merge to "th", "the" and " the", so that borders often fall into tokens.
    private static readonly Gen<string> s_text = Gen.Char["the n"].Array[1, 12].Select(letters => new string(letters));

    [Fact]
    public void Prompt_and_continuation_are_the_tokens_of_the_whole_text_and_what_is_scored_covers_the_continuation() =>
        Gen.Select(s_text, s_text.Array[1, 4]).Sample((prompt, continuations) =>
        {
            ScoredTexts texts = ScoredTexts.Of(s_encoder, new GenerationPrompt.Text(prompt), [.. continuations.Select(c => new GenerationPrompt.Text(c))]);
            int[] alone = s_encoder.Encode(new GenerationPrompt.Text(prompt));
            Assert.Equal(alone[..texts.Shared.Length], texts.Shared);
            Assert.Contains(texts.FirstScored, first => first == texts.Shared.Length); // nothing that all share is fed more than once
            for (int i = 0; i < continuations.Length; i++)
            {
                int[] whole = s_encoder.Encode(new GenerationPrompt.Text(prompt + continuations[i]));
                Assert.Equal(whole, texts.Shared.Concat(texts.Rests[i]));
                Assert.Equal(whole.Length, texts.LengthOf(i));
                Assert.Equal(whole[texts.FirstScored[i]..], texts.ScoredOf(i).ToArray());
                Assert.True(texts.ScoredOf(i).Length > 0);
                string scored = Encoding.UTF8.GetString(SampleModel.Tokenizer.Decode(texts.ScoredOf(i).ToArray()));
                Assert.EndsWith(continuations[i], scored, StringComparison.Ordinal); // and begins before it at most by the part of a token
                Assert.True(texts.FirstScored[i] == alone.Length || whole[texts.FirstScored[i]] != alone[texts.FirstScored[i]]);
            }
        });

    [Fact]
    public void Token_ids_are_put_together_as_they_are()
    {
        ScoredTexts texts = ScoredTexts.Of(s_encoder, new GenerationPrompt.Tokens([5, 6, 7]), [new GenerationPrompt.Tokens([8]), new GenerationPrompt.Tokens([9, 10])]);
        Assert.Equal([5, 6, 7], texts.Shared);
        Assert.Equal([[8], [9, 10]], texts.Rests);
        Assert.Equal([3, 3], texts.FirstScored);
    }

    [Fact]
    public void After_a_dialogue_a_continuation_is_what_the_assistant_says()
    {
        var chat = new GenerationPrompt.Chat([new ChatMessage("user", "the")]);
        ScoredTexts texts = ScoredTexts.Of(s_encoder, chat, [new GenerationPrompt.Text("then")]);
        Assert.Equal(s_encoder.Encode(chat), texts.Shared);
        Assert.Equal("then", Encoding.UTF8.GetString(SampleModel.Tokenizer.Decode(texts.Rests[0])));
    }

    [Fact]
    public void A_prompt_that_melts_into_its_continuation_leaves_nothing_to_go_by()
    {
        var bare = new PromptEncoder(ModelText.Of(SampleModel.Tokenizer, [], beginId: null) with { AddsBegin = false }, SampleModel.Tokenizer.VocabularySize);
        ArgumentException error = Assert.Throws<ArgumentException>(() => ScoredTexts.Of(bare, new GenerationPrompt.Text("t"), [new GenerationPrompt.Text("he")]));
        Assert.Contains("longer prompt", error.Message, StringComparison.Ordinal);
    }
}
