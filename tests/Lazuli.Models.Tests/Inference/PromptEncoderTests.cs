using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class PromptEncoderTests
{
    private const int EndOfTextId = 0;
    private const int UserId = 2;
    private const int EndOfTurnId = 4;

    [Fact]
    public void A_text_begins_with_the_end_of_the_one_before()
    {
        PromptEncoder encoder = Encoder(PlainBytes.WithChat, beginId: 7);

        Assert.Equal([EndOfTextId, PlainBytes.FirstId + 'h', PlainBytes.FirstId + 'i'], encoder.Encode(new GenerationPrompt.Text("hi")));
    }

    [Fact]
    public void A_text_begins_as_the_model_says_where_the_tokenizer_has_no_mark()
    {
        BpeTokenizer bare = BpeTokenizer.Create(SplitRule.Gpt2, merges: [], specialTokens: ["<s>"]);

        Assert.Equal([0, 1 + 'h'], Encoder(bare, beginId: 0).Encode(new GenerationPrompt.Text("h")));
        Assert.Equal([1 + 'h'], Encoder(bare).Encode(new GenerationPrompt.Text("h")));
        Assert.Throws<ArgumentException>(() => Encoder(bare).Encode(new GenerationPrompt.Text("")));
    }

    [Fact]
    public void A_dialogue_is_rendered_by_the_chat_template()
    {
        var expected = new List<int>();
        new ChatTemplate(PlainBytes.WithChat).Encode([new ChatTurn("system", "s"), new ChatTurn("user", "u")], addGenerationPrompt: true, expected);

        Assert.Equal(expected, Encoder(PlainBytes.WithChat).Encode(new GenerationPrompt.Chat([new ChatMessage("system", "s"), new ChatMessage("user", "u")])));
    }

    [Fact]
    public void Ids_go_through_as_they_are()
    {
        Assert.Equal([260, 0, 4], Encoder(PlainBytes.WithChat).Encode(new GenerationPrompt.Tokens([260, 0, 4])));
    }

    [Fact]
    public void End_marks_and_the_models_own_stop_ids_end_an_answer()
    {
        PromptEncoder encoder = Encoder(PlainBytes.WithChat, stopIds: [100, 9999]);

        Assert.Equal([EndOfTextId, EndOfTurnId, 100], Enumerable.Range(0, 261).Where(id => encoder.Ends(id, isChat: false)));
        Assert.Equal([0, 1, 2, 3, 4, 100], Enumerable.Range(0, 261).Where(id => encoder.Ends(id, isChat: true)));
    }

    [Fact]
    public void Special_tokens_have_no_text()
    {
        PromptEncoder encoder = Encoder(PlainBytes.WithChat);

        Assert.Equal(0, encoder.TextOf(UserId).Length);
        Assert.Equal("h"u8.ToArray(), encoder.TextOf(PlainBytes.FirstId + 'h').ToArray());
    }

    private static PromptEncoder Encoder(ITokenizer tokenizer, IReadOnlyList<int>? stopIds = null, int? beginId = null) =>
        new(ModelText.Of(tokenizer, stopIds ?? [], beginId), modelVocabularySize: 300);
}
