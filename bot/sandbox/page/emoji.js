/** Slack's names of the emoji that people use most. A name that is not here is shown as :name:. */

const LIST = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 pray 🙏 wave 👋 muscle 💪 point_up ☝️
point_down 👇 point_left 👈 point_right 👉 point_up_2 👆 raised_hand ✋ hand ✋ v ✌️ crossed_fingers 🤞
handshake 🤝 writing_hand ✍️ eyes 👀 eye 👁️ brain 🧠 bust_in_silhouette 👤 busts_in_silhouette 👥
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rofl 🤣 slightly_smiling_face 🙂
upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 relaxed ☺️
yum 😋 stuck_out_tongue 😛 hugging_face 🤗 thinking_face 🤔 zipper_mouth_face 🤐 neutral_face 😐
expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔
sleepy 😪 sleeping 😴 mask 😷 dizzy_face 😵 exploding_head 🤯 sunglasses 😎 nerd_face 🤓 confused 😕 worried 😟
slightly_frowning_face 🙁 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 anguished 😧 fearful 😨 cold_sweat 😰
cry 😢 sob 😭 scream 😱 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 angry 😠 rage 😡 partying_face 🥳
melting_face 🫠 saluting_face 🫡 skull 💀 ghost 👻 robot_face 🤖 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤
white_heart 🤍 broken_heart 💔 sparkling_heart 💖 100 💯 boom 💥 zap ⚡ fire 🔥 sparkles ✨ star ⭐ star2 🌟
tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 first_place_medal 🥇 dart 🎯 rocket 🚀 ship 🚢
car 🚗 ambulance 🚑 fire_engine 🚒 police_car 🚓 airplane ✈️ bike 🚲 construction 🚧 rotating_light 🚨
traffic_light 🚦 vertical_traffic_light 🚦 checkered_flag 🏁 triangular_flag_on_post 🚩 white_flag 🏳️
warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 x ❌ heavy_multiplication_x ✖️ o ⭕ white_check_mark ✅
heavy_check_mark ✔️ ballot_box_with_check ☑️ question ❓ grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗
grey_exclamation ❕ bangbang ‼️ interrobang ⁉️ sos 🆘 information_source ℹ️ ok 🆗 new 🆕 free 🆓 up 🆙 cool 🆒
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵
large_purple_circle 🟣 black_circle ⚫ white_circle ⚪ large_red_square 🟥 large_orange_square 🟧
large_yellow_square 🟨 large_green_square 🟩 large_blue_square 🟦 black_large_square ⬛ white_large_square ⬜
large_orange_diamond 🔶 small_orange_diamond 🔸 large_blue_diamond 🔷 small_blue_diamond 🔹
small_red_triangle 🔺 small_red_triangle_down 🔻 arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️
arrow_upper_right ↗️ arrow_lower_right ↘️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️
arrows_counterclockwise 🔄 arrows_clockwise 🔃 repeat 🔁 back 🔙 soon 🔜 top 🔝 heavy_plus_sign ➕ heavy_minus_sign ➖
pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋 spiral_note_pad 🗒️ page_facing_up 📄
page_with_curl 📃 bookmark 🔖 bookmark_tabs 📑 books 📚 book 📖 open_book 📖 notebook 📓 ledger 📒 newspaper 📰
calendar 📆 date 📅 card_index 📇 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 scroll 📜
file_folder 📁 open_file_folder 📂 card_file_box 🗃️ wastebasket 🗑️ inbox_tray 📥 outbox_tray 📤 package 📦
mailbox 📫 email ✉️ envelope ✉️ e-mail 📧 incoming_envelope 📨 speech_balloon 💬 thought_balloon 💭 mega 📣
loudspeaker 📢 bell 🔔 no_bell 🔕 telephone ☎️ telephone_receiver 📞 phone ☎️ iphone 📱 pager 📟 computer 💻
desktop_computer 🖥️ keyboard ⌨️ printer 🖨️ floppy_disk 💾 cd 💿 satellite 🛰️ satellite_antenna 📡 battery 🔋
electric_plug 🔌 bulb 💡 flashlight 🔦 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 closed_lock_with_key 🔐 shield 🛡️
hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰 test_tube 🧪 microscope 🔬
syringe 💉 pill 💊 adhesive_bandage 🩹 stethoscope 🩺 hospital 🏥 office 🏢 house 🏠 bank 🏦 factory 🏭
money_with_wings 💸 moneybag 💰 dollar 💵 credit_card 💳 shopping_trolley 🛒 label 🏷️ ticket 🎫
stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ watch ⌚ hourglass ⌛ hourglass_flowing_sand ⏳ clock1 🕐 clock3 🕒 clock9 🕘
sunny ☀️ sun_with_face 🌞 crescent_moon 🌙 cloud ☁️ rain_cloud 🌧️ umbrella ☔ thunder_cloud_and_rain ⛈️ lightning 🌩️
snowflake ❄️ rainbow 🌈 ocean 🌊 volcano 🌋 earth_africa 🌍 earth_americas 🌎 globe_with_meridians 🌐
seedling 🌱 evergreen_tree 🌲 four_leaf_clover 🍀 rose 🌹 sunflower 🌻 bug 🐛 spider 🕷️ ant 🐜 bee 🐝 snail 🐌
turtle 🐢 cat 🐱 dog 🐶 fox_face 🦊 panda_face 🐼 monkey 🐒 whale 🐳 octopus 🐙 fish 🐟 crab 🦀 unicorn_face 🦄
penguin 🐧 owl 🦉 coffee ☕ tea 🍵 beer 🍺 beers 🍻 champagne 🍾 pizza 🍕 hamburger 🍔 doughnut 🍩 cake 🍰 birthday 🎂
cookie 🍪 popcorn 🍿 apple 🍎 banana 🍌 lemon 🍋 avocado 🥑 hot_pepper 🌶️ musical_note 🎵 headphones 🎧
microphone 🎤 art 🎨 camera 📷 movie_camera 🎥 game_die 🎲 jigsaw 🧩 soccer ⚽ basketball 🏀 man 👨 woman 👩
technologist 🧑‍💻 female-technologist 👩‍💻 male-technologist 👨‍💻 firefighter 🧑‍🚒 runner 🏃 running 🏃 facepalm 🤦
face_palm 🤦 shrug 🤷 detective 🕵️ sleuth_or_spy 🕵️ zzz 💤 dash 💨 droplet 💧 sweat_drops 💦 anger 💢
zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 hash #️⃣
flag-gb 🇬🇧 flag-us 🇺🇸 us 🇺🇸 flag-de 🇩🇪 de 🇩🇪 flag-fr 🇫🇷 fr 🇫🇷 flag-jp 🇯🇵 jp 🇯🇵 flag-eu 🇪🇺 flag-br 🇧🇷 flag-ng 🇳🇬
`;

const words = LIST.trim().split(/\s+/);

/** Slack's name to the letters that show it. @type {Map<string, string>} */
export const EMOJI = new Map();
for (let place = 0; place < words.length; place += 2) EMOJI.set(words[place], words[place + 1]);

const TONES = ["", "", "🏻", "🏼", "🏽", "🏾", "🏿"];
const TAKES_TONE = new Set(
  ("+1 thumbsup -1 thumbsdown ok_hand clap raised_hands pray wave muscle point_up point_down point_left " +
    "point_right point_up_2 raised_hand hand v crossed_fingers writing_hand facepalm shrug").split(" "),
);

/**
 * The letters of an emoji, such as 📌 for "pushpin" or "wave::skin-tone-3"; "" when its name is unknown.
 * @param {string} name without the outer colons
 */
export function emoji(name) {
  const [base, tone] = String(name).replace(/^:|:$/g, "").split("::");
  const found = EMOJI.get(base);
  if (!found) return "";
  const number = Number(/^skin-tone-([2-6])$/.exec(tone ?? "")?.[1] ?? 0);
  return number && TAKES_TONE.has(base) ? found.replace("\ufe0f", "") + TONES[number] : found;
}

/** Puts the letters in the place of every :name: of a plain text. @param {string} text */
export function withEmoji(text) {
  return String(text).replace(/:([\w+'-]+(?:::skin-tone-[2-6])?):/g, (all, name) => emoji(name) || all);
}
